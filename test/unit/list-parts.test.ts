import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listParts, NOTHING_ADDED, withPart } from '../../src/lib/rules/outages/list-parts.ts';

async function* inPieces(text: string, length: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function parts(text: string, isCsv: boolean, limit: number, length = 7) {
  const all: { text: string; linesBefore: number }[] = [];
  for await (const { bytes, linesBefore } of listParts(inPieces(text, length), isCsv, limit)) {
    expect(bytes.length).toBeLessThanOrEqual(limit);
    all.push({ text: Buffer.from(bytes).toString(), linesBefore });
  }
  return all;
}

describe('a list in parts', () => {
  it('that fits is one part, as it is', async () => {
    expect(await parts('phone\n1\n2', true, 100)).toEqual([{ text: 'phone\n1\n2', linesBefore: 0 }]);
    expect(await parts('', true, 100)).toEqual([{ text: '', linesBefore: 0 }]);
  });

  it('repeats the header row of a CSV, and says how many lines came before', async () => {
    expect(await parts('phone\n11\n22\n33\n', true, 12)).toEqual([
      { text: 'phone\n11\n22\n', linesBefore: 0 },
      { text: 'phone\n33\n', linesBefore: 2 },
    ]);
  });

  it('is not cut inside a quoted cell', async () => {
    expect(await parts('p,n\n1,"a\nb ""c""\nd"\n2,x\n', true, 22)).toEqual([
      { text: 'p,n\n1,"a\nb ""c""\nd"\n', linesBefore: 0 },
      { text: 'p,n\n2,x\n', linesBefore: 3 },
    ]);
  });

  it('with a row that is too long, or a quotation mark that is not closed, is refused with the line', async () => {
    await expect(parts(`phone\n1\n${'2'.repeat(30)}\n`, true, 20)).rejects.toThrow('line 3: the row is longer');
    await expect(parts(`phone\n1\n"2\n${'3\n'.repeat(30)}`, true, 20)).rejects.toThrow(RangeError);
  });

  it('has every row once, in order, whatever the pieces', async () => {
    const cell = fc.stringMatching(/^[a-z"\n,é]{0,8}$/).map((text) => `"${text.replaceAll('"', '""')}"`);
    const asked = fc.record({
      rows: fc.array(fc.tuple(fc.constantFrom('1', '22', '333'), cell).map((cells) => `${cells.join()}\n`)),
      limit: fc.integer({ min: 60, max: 200 }),
      length: fc.integer({ min: 1, max: 50 }),
      isCsv: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ rows, limit, length, isCsv }) => {
        const header = isCsv ? 'phone,name\n' : '';
        const list = isCsv ? rows : rows.map((row) => `${JSON.stringify(row)}\n`);
        const split = await parts(header + list.join(''), isCsv, limit, length);
        expect(split.map(({ text }) => text.slice(header.length)).join('')).toBe(list.join(''));
        expect(split.every(({ text }) => text.startsWith(header))).toBe(true);
        let lines = 0;
        for (const { text, linesBefore } of split) {
          expect(linesBefore).toBe(lines);
          lines += text.slice(header.length).split('\n').length - 1;
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('the report of an import in parts has the sums, and the lines that each part tells', () => {
  const part = {
    added: 1,
    alreadyThere: 2,
    duplicates: 3,
    rejected: 4,
    columns: [],
    rejections: [{ line: 2, reason: 'empty' }],
  };
  const later = { ...part, rejections: [{ line: 12, reason: 'empty' }] };
  expect(withPart(withPart(NOTHING_ADDED, part), later)).toEqual({
    added: 2,
    alreadyThere: 4,
    duplicates: 6,
    rejected: 8,
    columns: [],
    rejections: [
      { line: 2, reason: 'empty' },
      { line: 12, reason: 'empty' },
    ],
  });
});

it('a part of a list with a sep= line begins with that line and the header row', async () => {
  const list = `sep=;\r\nphone;name\r\n${'+14255550123;Ada\r\n'.repeat(20)}`;
  const chunks = (async function* () {
    yield Buffer.from(list);
  })();
  const parts: string[] = [];
  for await (const { bytes } of listParts(chunks, true, 120)) parts.push(Buffer.from(bytes).toString());
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.every((part) => part.startsWith('sep=;\r\nphone;name\r\n+1'))).toBe(true);
  expect(parts.map((part) => part.slice('sep=;\r\nphone;name\r\n'.length)).join('')).toBe(list.slice(19));
});
