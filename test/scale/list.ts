/** A list of people as CSV, generated while it is sent. All phone numbers are valid and different. */
export async function* csvOf(rows: number): AsyncGenerator<Uint8Array> {
  const PART = 500;
  yield Buffer.from('phone,name,timeZone,language,district\n');
  for (let start = 0; start < rows; start += PART) {
    const part = Array.from({ length: Math.min(PART, rows - start) }, (_, index) => rowOf(start + index));
    yield Buffer.from(part.join(''));
  }
}

const rowOf = (index: number): string =>
  `(425) 5${String(index)
    .padStart(6, '0')
    .replace(/(\d{2})(\d{4})/, '$1-$2')},Person ${index},America/Los_Angeles,en,District ${index % 40}\n`;
