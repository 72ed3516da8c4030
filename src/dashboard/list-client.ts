import { laterRejected, withCheckPart } from '../lib/rules/outages/check-parts.ts';
import { listParts, MAX_LIST, NOTHING_ADDED, withPart } from '../lib/rules/outages/list-parts.ts';
import { key, Refusal, refusalIn } from './api.ts';
import type { Mapping } from './columns.ts';
import type { ImportReport, ListCheck } from './types.ts';

/** Checks and adds lists of people: in parts if they are long. */

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/\.(ndjson|jsonl)$/i, 'application/x-ndjson'],
  [/\.xlsx$/i, XLSX],
];

/** What the file field offers. */
export const ACCEPTED = '.csv,.tsv,.txt,.ndjson,.jsonl,.xlsx,text/csv';

const typeOf = (name: string): string => TYPES.find(([ending]) => ending.test(name))?.[1] ?? 'text/csv';

/** True if the list fits one request. A longer one goes in parts, which cannot replace a list. */
export const isWhole = (file: File): boolean => file.size <= MAX_LIST;

export type Mode = 'add' | 'replace';

/** A list, and how it is to be read. */
export type List = { readonly outageId: string; readonly file: File; readonly mapping: Mapping };

/** Gets the share of the list that was sent, 0 to 1. */
type Progress = (share: number) => void;

/** What adding the list would do. @throws Refusal */
export async function checkList(list: List, progress: Progress): Promise<ListCheck> {
  let check: ListCheck | undefined;
  for await (const { body, linesBefore, told } of partsOf(list.file, MAX_LIST, progress)) {
    const part = await send('POST', pathOf(list, '/check'), body, 'application/json', told);
    check = withCheckPart(check, JSON.parse(part) as ListCheck, linesBefore);
    // The other parts have the same header row.
    if (check.unclear) return check;
  }
  if (!check) throw new Refusal(0, 'The list is empty');
  return check;
}

/** The rejected rows of the list with their reasons, as CSV. @throws Refusal */
export async function rejectedRowsOf(list: List): Promise<Blob> {
  const parts: string[] = [];
  for await (const { body, linesBefore, told } of partsOf(list.file, MAX_LIST, () => {})) {
    const csv = await send('POST', pathOf(list, '/check'), body, 'text/csv', told);
    parts.push(parts.length === 0 ? csv : laterRejected(csv, linesBefore));
  }
  return new Blob(['\ufeff', ...parts], { type: 'text/csv' });
}

/** Adds the list, or replaces the outage's list by it. @throws Refusal */
export async function addList(list: List, mode: Mode, progress: Progress): Promise<ImportReport> {
  const id = `list-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  let report = NOTHING_ADDED;
  const limit = mode === 'replace' ? MAX_LIST : undefined;
  for await (const { body, linesBefore, told } of partsOf(list.file, limit, progress)) {
    const place = { list: id, linesBefore: String(linesBefore) };
    const part = await send('PUT', pathOf(list, '', { mode, ...place }), body, 'application/json', told);
    const added = JSON.parse(part) as ImportReport;
    report = {
      ...withPart(report, added),
      ...(added.removed !== undefined && { removed: added.removed }),
    };
  }
  return report;
}

function pathOf({ outageId, mapping }: List, part: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams({ ...mapping, ...query });
  return `outages/${encodeURIComponent(outageId)}/recipients${part}?${search}`;
}

type Part = { readonly body: Blob; readonly linesBefore: number; readonly told: (loaded: number) => void };

/** @param limit bytes of a part. @throws Refusal if the file cannot be sent in parts. */
async function* partsOf(file: File, limit: number | undefined, progress: Progress): AsyncGenerator<Part> {
  const type = typeOf(file.name);
  const whole = Math.max(file.size, 1);
  if (type === XLSX) {
    if (!isWhole(file))
      throw new Refusal(
        0,
        `${file.name} is larger than ${MEGABYTES} MB. Save it as CSV UTF-8 and choose that file: it is sent in parts`,
      );
    yield { body: file.slice(0, file.size, type), linesBefore: 0, told: (loaded) => progress(loaded / whole) };
    return;
  }
  let sent = 0;
  try {
    for await (const { bytes, linesBefore } of listParts(chunksOf(file), type === 'text/csv', limit)) {
      const before = sent;
      const told = (loaded: number): void => progress(Math.min((before + loaded) / whole, 1));
      yield { body: new Blob([bytes], { type }), linesBefore, told };
      sent += bytes.length;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal(0, `The list cannot be sent: ${error.message}`);
  }
}

export const MEGABYTES = MAX_LIST / 1_000_000;

/** Reads a file piece by piece. Not as a stream: not every browser can iterate over one. */
async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const length = 1_000_000;
  for (let at = 0; at < file.size; at += length) yield new Uint8Array(await file.slice(at, at + length).arrayBuffer());
}

/** Not with fetch, which does not tell how much was sent. @param told gets the bytes sent so far. */
function send(
  method: string,
  path: string,
  body: Blob,
  accept: string,
  told: (loaded: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, `/api/${path}`);
    request.setRequestHeader('x-functions-key', key.get() ?? '');
    request.setRequestHeader('content-type', body.type);
    request.setRequestHeader('accept', accept);
    request.upload.onprogress = ({ loaded }) => told(loaded);
    request.onerror = () => reject(new Refusal(0, 'The connection was lost. Try again: nobody is added twice'));
    request.onload = () => {
      if (request.status < 300) resolve(request.responseText);
      else reject(refusalIn(request.status, request.responseText));
    };
    request.send(body);
  });
}
