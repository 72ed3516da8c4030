import { expect, it } from 'vitest';
import { notJson, textOf, withoutMark } from '../../src/lib/base/json-text.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

it.each([
  [base64('{"targets":[{"phoneNumber":{"value":"+14255550182"}}]}'), 'is base64, send plain JSON'],
  [base64('\ufeff [1, 2, 3]'), 'is base64, send plain JSON'],
  [
    '{targets:[{phoneNumber:{value:+14255550182}}],requestId:q-ps}',
    'is not JSON: its names have no double quotes; the shell may have removed them',
  ],
  ["{'targets':[]}", 'is not JSON: it has single quotes; JSON takes double quotes'],
  ['{\\"targets\\":[]}', 'is not JSON: its quotes have backslashes; the shell kept them'],
  ['{“targets”:[]}', 'is not JSON: it has typographic quotes; JSON takes straight ones'],
  ['<QueueMessage/>', 'is not JSON: it looks like XML or HTML'],
  ['{"targets":[', 'is not JSON: it ends too early'],
  ['{"a":1,}', 'is not JSON: it is wrong at position 7 (line 1 column 8)'],
  ['hello', 'is not JSON: it is wrong at its beginning'],
  ['"hello"', 'must be a JSON object, not a text'],
  ['', 'is empty; send JSON'],
])('%s %s', (text, problem) => expect(notJson(text)).toBe(problem));

it('never repeats the text', () => {
  expect(notJson('{"phone":+14255550182}')).not.toContain('0182');
});

it('reads UTF-8 and UTF-16, with and without a byte order mark', () => {
  const utf16 = Buffer.from('\ufeff{"a":"Zoë"}', 'utf16le');
  expect(textOf(utf16)).toBe('{"a":"Zoë"}');
  expect(textOf(Buffer.from(utf16).swap16())).toBe('{"a":"Zoë"}');
  expect(textOf(Buffer.from('\ufeff{}'))).toBe('{}');
  expect(withoutMark('\ufeff{}')).toBe('{}');
});
