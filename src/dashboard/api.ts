import { signal } from './signal.ts';

/** The management API as the page speaks it. Every answer is JSON; every refusal is problem details (RFC 9457). */

const KEY = 'ringdown-key';

/** The function key, for as long as the tab is open. Nobody is signed in without one. */
export const key = signal(sessionStorage.getItem(KEY));

/** That a key which was kept is not right any more. */
export const isRefused = signal(false);

export function signIn(given: string): void {
  isRefused.set(false);
  sessionStorage.setItem(KEY, given);
  key.set(given);
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  key.set(null);
}

/** What the app refused, in its own words, or that it could not be reached (status 0). */
export class Refusal extends Error {
  readonly status: number;
  readonly problems: readonly string[];
  constructor(status: number, detail: string, problems: readonly string[] = []) {
    super(detail);
    this.status = status;
    this.problems = problems;
  }
}

/** Since when the app cannot be reached; null while it can. */
export const lostSince = signal<Date | null>(null);

type Asked = {
  readonly method?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Another key than the one that is kept: to try it. */
  readonly key?: string;
};

/** @throws Refusal */
export async function ask<Answer>(path: string, asked: Asked = {}): Promise<Answer> {
  const response = await send(path, asked);
  return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
}

/** The same for an answer that is a file. */
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

function refusalIn(status: number, text: string): Refusal {
  try {
    const { detail, errors } = JSON.parse(text) as { detail?: string; errors?: string[] };
    return new Refusal(status, detail ?? `The app answered ${status}`, errors);
  } catch {
    return new Refusal(status, status === 401 ? 'That key is not right' : `The app answered ${status}`);
  }
}

/** Sends a file, telling how far it is (0 to 1). @throws Refusal */
export function upload<Answer>(
  path: string,
  file: Blob,
  type: string,
  progress: (part: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/${path}`);
    request.setRequestHeader('x-functions-key', key.get() ?? '');
    request.setRequestHeader('content-type', type);
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onerror = () =>
      reject(new Refusal(0, 'The connection was lost. Send the list again: whoever is on it already stays once'));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Answer);
      else reject(refusalIn(request.status, request.responseText));
    };
    request.send(file);
  });
}
