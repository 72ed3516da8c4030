import { FIRST_PART, NEXT_PART } from '../lib/rules/outages/report-parts.ts';
import { signal } from './signal.ts';

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
  return answerIn<Answer>(await send(path, asked));
}

/** The same for a request that creates something, unless it is there already. @throws Refusal */
export async function create<Answer>(path: string, body: unknown): Promise<{ answer: Answer; isNew: boolean }> {
  const response = await send(path, { method: 'POST', body });
  return { answer: await answerIn<Answer>(response), isNew: response.status === 201 };
}

const answerIn = async <Answer>(response: Response): Promise<Answer> =>
  response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);

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

/** A file that is one answer. @throws Refusal */
export const download = async (path: string): Promise<Blob> => (await send(path, {})).blob();

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

/** The error of the app in an answer. */
export function refusalIn(status: number, text: string): Refusal {
  try {
    const { detail, errors } = JSON.parse(text) as { detail?: string; errors?: string[] };
    return new Refusal(status, detail ?? `The app answered ${status}`, errors);
  } catch {
    return new Refusal(status, status === 401 ? 'The key is not valid' : `The app answered ${status}`);
  }
}
