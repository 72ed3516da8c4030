import { InvalidInputError } from '../base/errors.ts';

const CSV_UTF8 = 'save it as “CSV UTF-8 (comma delimited)” and send that';
const UNPACK = 'unpack it and send the file in it';

type Signature = readonly [begins: RegExp, whatItIs: string];

/** What a file is by its first bytes in hexadecimal, and what to do with it. */
const OF_BYTES: readonly Signature[] = [
  [/^1f8b/, `is compressed with gzip; ${UNPACK}`],
  [/^(?:425a68|377abcaf|52617221|fd377a585a|28b52ffd)/, `is a compressed archive; ${UNPACK}`],
  [
    /^504b(?:0304|0506|0708)/,
    'is a ZIP archive or a spreadsheet; send an XLSX workbook with the content type application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, and save others (ODS, Numbers) as XLSX',
  ],
  [/^d0cf11e0/, 'is an old Excel workbook (XLS), or one with a password; save it as XLSX without a password'],
  [/^(?:89504e47|ffd8ff|47494638)/, 'is a picture; export the list as CSV'],
];

/** The same, by its first characters. */
const OF_TEXT: readonly Signature[] = [
  [/^%PDF/, 'is a PDF; export the list from its source as CSV'],
  [/^\{\\rtf/, `is a document (RTF); ${CSV_UTF8}`],
  [/^\s*<(?:!doctype html|html|head|table|meta)/i, `is a web page (HTML); ${CSV_UTF8}`],
  [/^\s*<\?xml/i, `is XML; ${CSV_UTF8}`],
  [/^\s*BEGIN:VCARD/i, 'is a vCard; export the contacts as CSV'],
  [/^SQLite format 3/, 'is a database; export the list as CSV'],
  [/^PAR1/, 'is a Parquet file; export the list as CSV'],
];

/** This many bytes tell what a file is. */
export const SIGNATURE_LENGTH = 64;

/** @throws InvalidInputError if the file is of a kind that is known not to be a list. */
export function mustBeText(start: Uint8Array): void {
  const bytes = Buffer.from(start.subarray(0, SIGNATURE_LENGTH));
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const hex = bytes.toString('hex');
  const found = OF_BYTES.find(([begins]) => begins.test(hex)) ?? OF_TEXT.find(([begins]) => begins.test(text));
  if (found) throw new InvalidInputError('This is not a list', [`it ${found[1]}`]);
}
