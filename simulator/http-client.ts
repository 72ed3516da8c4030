import http from 'node:http';
import https from 'node:https';

/** What the simulator sends out: callbacks, and fetching audio. Redirects are answers like any other. */

export type Outgoing = { method: 'GET' | 'POST'; json?: string; timeoutMs: number; maxBytes?: number };
export type Answer = { status: number; body: Buffer };

/** Keeps its own connections, so that closing it leaves none behind. */
export class HttpClient {
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  readonly #closing = new AbortController();

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws Error where no whole answer came in time. */
  send(url: string, { method, json, timeoutMs, maxBytes = 50_000_000 }: Outgoing): Promise<Answer> {
    const secure = new URL(url).protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(url, {
        method,
        agent: this.#agents[secure ? 'https:' : 'http:'],
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]),
        headers:
          json === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        collect(response, maxBytes).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
      request.end(json);
    });
  }

  close(): void {
    this.#closing.abort();
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

/**
 * Reads a body to its end.
 * @throws Error where it is longer than allowed or breaks off.
 */
export async function collect(incoming: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new Error(`the body is longer than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
