import { listParts, NOTHING_ADDED, withPart } from '../lib/rules/outages/list-parts.ts';
import { FIRST_PART, NEXT_PART } from '../lib/rules/outages/report-parts.ts';
import { signal } from './signal.ts';
import type { ImportReport } from './types.ts';

/** The client of the management API. Every answer is JSON; every error is problem details (RFC 9457). */

/** The function key, in memory only: what a browser keeps for a session is on disk. Without one, the page asks for it. */
export const key = signal<string | null>(null);

/** True if the stored key was refused. */
export const isRefused = signal(false);

/** Hands the key to a tab that is opened, or loaded again, while another one is signed in. Nothing of it is stored. */
const tabs = new BroadcastChannel('ringdown-key');
const WANTED = { wanted: true } as const;
type Told = typeof WANTED | { readonly key: string | null };

tabs.onmessage = ({ data }: MessageEvent<Told>): void => {
  if ('key' in data) key.set(data.key);
  else if (key.get() !== null) tabs.postMessage({ key: key.get() });
};
tabs.postMessage(WANTED);

export function signIn(given: string): void {
  isRefused.set(false);
  key.set(given);
  tabs.postMessage({ key: given });
}

/** In every open tab. */
export function signOut(): void {
  key.set(null);
  tabs.postMessage({ key: null });
}

/** An error of the app, in its own words, or status 0 if the app could not be reached. */
export class Refusal extends Error {
  readonly status: number;
  readonly problems: readonly string[];
  constructor(status: number, detail: string, problems: readonly string[] = []) {
    super(detail);
    this.status = status;
    this.problems = problems;
  }
}

/** Since when the app cannot be reached; null if it can. */
export const lostSince = signal<Date | null>(null);

type Asked = {
  readonly method?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** A key to try instead of the stored one. */
  readonly key?: string;
};

/** @throws Refusal */
export async function ask<Answer>(path: string, asked: Asked = {}): Promise<Answer> {
  const response = await send(path, asked);
  return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
}

/** Downloads a file. @throws Refusal */
export const download = async (path: string): Promise<Blob> => (await send(path, {})).blob();

/** Downloads a report, part by part: one answer of the app is not longer than its memory allows. @throws Refusal */
export async function downloadReport(path: string): Promise<Blob> {
  const parts: Blob[] = [];
  let part: string | null = FIRST_PART;
  while (part !== null) {
    const answer = await send(`${path}?part=${encodeURIComponent(part)}`, {});
    parts.push(await answer.blob());
    part = answer.headers.get(NEXT_PART);
  }
  return new Blob(parts, { type: 'text/csv' });
}

async function send(
  path: string,
  { method = 'GET', body, signal: abort, key: given = key.get() ?? '' }: Asked,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: {
        'x-functions-key': given,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(abort && { signal: abort }),
      cache: 'no-store',
    });
  } catch (error) {
    if (abort?.aborted) throw error;
    lostSince.set(lostSince.get() ?? new Date());
    throw new Refusal(0, 'The app cannot be reached');
  }
  lostSince.set(null);
  if (response.ok) return response;
  if (response.status === 401 && given === key.get()) {
    isRefused.set(true);
    signOut();
  }
  throw refusalIn(response.status, await response.text());
}

function refusalIn(status: number, text: string): Refusal {
  try {
    const { detail, errors } = JSON.parse(text) as { detail?: string; errors?: string[] };
    return new Refusal(status, detail ?? `The app answered ${status}`, errors);
  } catch {
    return new Refusal(status, status === 401 ? 'The key is not valid' : `The app answered ${status}`);
  }
}

/**
 * Uploads a list, in parts if it is long, and reports the progress (0 to 1).
 * @throws Refusal
 */
export async function upload(
  path: string,
  file: Blob,
  type: string,
  progress: (share: number) => void,
): Promise<ImportReport> {
  let [report, sent] = [NOTHING_ADDED, 0];
  try {
    for await (const { bytes, linesBefore } of listParts(chunksOf(file), type === 'text/csv')) {
      const whole = Math.max(file.size, 1);
      const part = await put<ImportReport>(path, new Blob([bytes]), type, (loaded) =>
        progress(Math.min((sent + loaded) / whole, 1)),
      );
      report = withPart(report, part, linesBefore);
      sent += bytes.length;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal(0, `The list cannot be sent: ${error.message}`);
  }
  return report;
}

/** Reads a file piece by piece. Not as a stream: not every browser can iterate over one. */
async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const length = 1_000_000;
  for (let at = 0; at < file.size; at += length) yield new Uint8Array(await file.slice(at, at + length).arrayBuffer());
}

/** @param progress gets the bytes sent so far. */
function put<Answer>(path: string, body: Blob, type: string, progress: (loaded: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/${path}`);
    request.setRequestHeader('x-functions-key', key.get() ?? '');
    request.setRequestHeader('content-type', type);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onerror = () =>
      reject(new Refusal(0, 'The connection was lost. Send the list again: nobody is added twice'));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Answer);
      else reject(refusalIn(request.status, request.responseText));
    };
    request.send(body);
  });
}
