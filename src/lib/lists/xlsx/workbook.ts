import { posix } from 'node:path';
import { InvalidInputError } from '../../base/errors.ts';
import { masked } from '../../base/masking.ts';
import type { ReadRow } from '../row.ts';
import { Archive, unreadable } from './archive.ts';
import { numberTextOf } from './number-text.ts';
import { rowsOfSheet, stringsIn } from './sheet-rows.ts';
import { type Attributes, readWholeXml } from './xml.ts';

/** Largest parts, unpacked, bytes. A sheet is read in pieces; the texts that cells share are kept in memory. */
const MAX_SHEET = 200_000_000;
const MAX_KEPT = 40_000_000;

/**
 * The rows of one sheet of a workbook (XLSX). Keeps the packed file in memory, and the texts that its cells share.
 * @param name of the sheet; without it, the first that is not hidden.
 * @throws InvalidInputError if this is no workbook, has no such sheet, or would take too much memory.
 */
export async function* rowsOfWorkbook(bytes: AsyncIterable<Uint8Array>, name?: string): AsyncGenerator<ReadRow> {
  const archive = await Archive.open(await wholeOf(bytes));
  const workbook = await workbookIn(archive);
  const sheet = sheetNamed(name, workbook.sheets);
  const part = (path: string | undefined) => (path && archive.has(path) ? archive.read(path, MAX_KEPT) : undefined);
  const strings = part(workbook.strings);
  const shared = {
    strings: strings ? await stringsIn(strings) : [],
    numberText: await numberTextOf(part(workbook.styles), workbook.is1904),
  };
  yield* rowsOfSheet(archive.read(sheet.path, MAX_SHEET), shared);
}

async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  if (whole.length === 0) throw new InvalidInputError('The list is empty', ['send an XLSX workbook']);
  if (whole.readUInt16BE() !== ZIP) throw new InvalidInputError('This is not a list', [NOT_XLSX]);
  return whole;
}

const ZIP = 0x504b;
const NOT_XLSX =
  'it is not an XLSX workbook, although the content type says so; save an old workbook (XLS) or one with a password as XLSX without a password';

type Sheet = { readonly name: string; readonly path: string; readonly isHidden: boolean };

type Workbook = {
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
  /** Paths of parts. */
  readonly strings: string | undefined;
  readonly styles: string | undefined;
};

/** What another part is for: the last word of the relation's type, which has two namespaces. */
type Related = { readonly id: string; readonly kind: string; readonly path: string };

async function workbookIn(archive: Archive): Promise<Workbook> {
  const path = (await relatedTo('', archive)).find(({ kind }) => kind === 'officeDocument')?.path;
  if (!path?.endsWith('.xml')) {
    throw new InvalidInputError('This is not a list', [
      'it is a ZIP archive without an XLSX workbook; save spreadsheets of other kinds (XLSB, ODS, Numbers) as XLSX or as CSV',
    ]);
  }
  const related = await relatedTo(path, archive);
  const found: Attributes[] = [];
  let is1904 = false;
  await readWholeXml(archive.read(path, MAX_KEPT), {
    open: (element, attributes) => {
      if (element === 'sheet') found.push(attributes);
      if (element === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
    },
  });
  const sheets = found.flatMap((attributes): Sheet[] => {
    const id = Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1];
    const sheet = related.find((each) => each.id === id && each.kind === 'worksheet');
    return sheet ? [{ name: attributes['name'] ?? '', path: sheet.path, isHidden: isHidden(attributes) }] : [];
  });
  const pathOf = (kind: string): string | undefined => related.find((each) => each.kind === kind)?.path;
  return { sheets, is1904, strings: pathOf('sharedStrings'), styles: pathOf('styles') };
}

const isHidden = ({ state }: Attributes): boolean => state === 'hidden' || state === 'veryHidden';

/** The parts to which a part is related. @param path '' for the archive itself. */
async function relatedTo(path: string, archive: Archive): Promise<readonly Related[]> {
  const folder = posix.dirname(`/${path}`);
  const relations = posix.join(folder, '_rels', `${posix.basename(path)}.rels`).slice(1);
  const related: Related[] = [];
  if (!archive.has(relations)) return related;
  await readWholeXml(archive.read(relations, MAX_KEPT), {
    open: (element, { Id = '', Type = '', Target = '' }) => {
      if (element !== 'Relationship') return;
      related.push({ id: Id, kind: posix.basename(Type), path: posix.resolve(folder, Target).slice(1) });
    },
  });
  return related;
}

function sheetNamed(name: string | undefined, sheets: readonly Sheet[]): Sheet {
  const [first] = sheets;
  if (!first) throw unreadable('it has no sheet with cells');
  if (name === undefined) return sheets.find((sheet) => !sheet.isHidden) ?? first;
  const found = sheets.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = sheets.map((sheet) => sheet.name.slice(0, 60)).join(', ');
  throw new InvalidInputError('The workbook has no such sheet', [
    `sheet: there is none with the name ${masked(name)}; its sheets are ${masked(names)}`,
  ]);
}
