import { signal } from './signal.ts';

/** The client of the management API. Every answer is JSON; every error is problem details (RFC 9457). */

const KEY = 'ringdown-key';

/** The function key, kept until the tab is closed. Without one, the page shows the sign-in form. */
export const key = signal(sessionStorage.getItem(KEY));

/** True if the stored key was refused. */
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

/** Like `ask`, for an answer that is a file. */
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
    return new Refusal(status, status === 401 ? 'The key is not valid' : `The app answered ${status}`);
  }
}

/** Uploads a file and reports its progress (0 to 1). @throws Refusal */
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
      reject(new Refusal(0, 'The connection was lost. Send the list again: nobody is added twice'));
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Answer);
      else reject(refusalIn(request.status, request.responseText));
    };
    request.send(file);
  });
}
