import { readWholeXml } from './xml.ts';

/** The text of the number in a cell. @param style the index of the cell's style. */
export type NumberText = (value: string, style: number) => string;

/** Days between the two beginnings of time that Excel has. */
const DAYS_TO_1904 = 1462;

/**
 * Formats whose shown text depends on the country of the person who looks. ISO dates can be mistaken for nothing else.
 * The numbers are those of ECMA-376, part 1, 18.8.30.
 */
const OF_COUNTRY: ReadonlyMap<number, string> = new Map([
  [14, 'yyyy-mm-dd'],
  [22, 'yyyy-mm-dd hh:mm'],
]);

/** The formats of a workbook, by the index of the style: those of `xl/styles.xml`, if it has that part. */
export async function numberTextOf(
  styles: AsyncIterable<Uint8Array> | undefined,
  is1904: boolean,
): Promise<NumberText> {
  const { format, getFormatFromId, isDateFormat } = await import('./xlsx-libraries.ts');
  const patterns = styles ? await patternsIn(styles, getFormatFromId) : [];
  const shown = (value: number, pattern: string): string => {
    try {
      return format(pattern, value);
    } catch {
      return '';
    }
  };
  return (text, style) => {
    const pattern = patterns[style] ?? GENERAL;
    const plain = plainNumber(text);
    if (pattern === GENERAL) return plain;
    const value = Number(text);
    if (isDateFormat(pattern)) return shown(is1904 ? value + DAYS_TO_1904 : value, pattern) || plain;
    const asShown = shown(value, pattern);
    // Take what is shown (`+49…`, leading zeros) only if no digit of the value is hidden, rounded or moved.
    return digitsOf(asShown).endsWith(digitsOf(plain)) ? asShown.trim() : plain;
  };
}

const GENERAL = 'General';

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/**
 * All digits of a number. Some programs write long ones with an exponent (`1.4255550123E10`); one that ends with zeros
 * then (`1.4E10`) may have been rounded before, and stays as it is: as a phone number it is rejected.
 */
function plainNumber(text: string): string {
  if (/^\d+$/.test(text) || !Number.isFinite(Number(text))) return text;
  const plain = String(Number(text));
  return /e/i.test(text) && plain.endsWith('0000') ? text : plain;
}

async function patternsIn(
  styles: AsyncIterable<Uint8Array>,
  builtIn: (id: number) => string,
): Promise<readonly string[]> {
  const own = new Map<number, string>();
  const ids: number[] = [];
  let isOfCells = false;
  await readWholeXml(styles, {
    open: (name, attributes) => {
      if (name === 'cellXfs') isOfCells = true;
      if (name === 'numFmt') own.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? GENERAL);
      if (name === 'xf' && isOfCells) ids.push(Number(attributes['numFmtId'] ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') isOfCells = false;
    },
  });
  return ids.map((id) => own.get(id) ?? OF_COUNTRY.get(id) ?? builtIn(id));
}
