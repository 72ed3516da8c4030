import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';

const CHANNEL = 'http.client.request.start';

/** Counts the storage requests of this process by kind, as they leave the SDKs. */
export class RequestCounter {
  readonly #counts = new Map<string, number>();
  readonly #hosts: ReadonlySet<string>;

  /** @param connectionString of the storage. Requests to anything else do not count. */
  constructor(connectionString: string) {
    this.#hosts = new Set([...connectionString.matchAll(/Endpoint=http:\/\/([^/;]+)/g)].map(([, host = '']) => host));
    subscribe(CHANNEL, this.#count);
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  stop(): void {
    unsubscribe(CHANNEL, this.#count);
  }

  readonly #count = (message: unknown): void => {
    if (!isRequestStart(message)) return;
    const { request } = message;
    if (!this.#hosts.has(String(request.getHeader('host')))) return;
    const what = kindOf(request.method, request.path);
    if (what) this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  };
}

/** What Node publishes on the channel (Node.js documentation: diagnostics_channel, HTTP). */
const isRequestStart = (message: unknown): message is { request: ClientRequest } =>
  typeof message === 'object' && message !== null && 'request' in message && message.request instanceof ClientRequest;

/** The kind of a request; undefined for the host's own requests to queues, which receive and delete messages. */
function kindOf(method: string, path: string): string | undefined {
  if (path.includes('/messages')) return method === 'POST' ? 'queue: put a message' : undefined;
  if (path.includes('/$batch')) return 'table: transaction';
  if (method !== 'GET') return 'table: write';
  return path.includes('RowKey=') ? 'table: read a row' : 'table: query';
}
