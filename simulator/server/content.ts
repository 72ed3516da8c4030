import type { ServerResponse } from 'node:http';

/** An answer that is not JSON. */
export class Content {
  readonly type: string;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: string, bytes: Buffer, headers: Readonly<Record<string, string>> = {}) {
    this.type = type;
    this.bytes = bytes;
    this.headers = headers;
  }
}

/** An answer that goes on until one side ends it: server-sent events, each of them JSON. */
export class EventStream {
  readonly #begin: (stream: { send(data: unknown): void; end(): void }) => () => void;

  /** @param begin is called when somebody listens, and gives what is called when they no longer do. */
  constructor(begin: (stream: { send(data: unknown): void; end(): void }) => () => void) {
    this.#begin = begin;
  }

  /** @param retryMs how soon a page whose connection breaks should be back. */
  pour(response: ServerResponse, retryMs = 500): void {
    // Whoever asked has gone already, and will not be heard to go.
    if (response.destroyed) return;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`retry: ${retryMs}\n\n`);
    const over = this.#begin({
      send: (data) => void response.write(`data: ${JSON.stringify(data)}\n\n`),
      end: () => void response.end(),
    });
    response.on('close', over);
  }
}
