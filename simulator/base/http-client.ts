import http from 'node:http';
import https from 'node:https';

/** Requests that the simulator sends: callbacks and audio downloads. It does not follow redirects. */

export type Outgoing = {
  method: 'GET' | 'POST';
  json?: string;
  headers?: Readonly<Record<string, string>>;
  timeoutMs: number;
  maxBytes?: number;
};
export type Answer = { status: number; body: Buffer };

/** Has its own connection pool, so that `close` leaves no connection open. */
export class HttpClient {
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  readonly #underWay = new Set<http.ClientRequest>();
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws Error if no complete answer arrives in time. */
  async send(url: string, { method, json, headers = {}, timeoutMs, maxBytes = 50_000_000 }: Outgoing): Promise<Answer> {
    if (this.#closed) throw new Error('the simulator is closed');
    const secure = new URL(url).protocol === 'https:';
    const request = (secure ? https : http).request(url, {
      method,
      agent: this.#agents[secure ? 'https:' : 'http:'],
      headers:
        json === undefined
          ? headers
          : { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) },
    });
    this.#underWay.add(request);
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    try {
      return await answerTo(request, json, maxBytes);
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(request);
    }
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#underWay) request.destroy(new Error('the simulator is closed'));
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

function answerTo(request: http.ClientRequest, json: string | undefined, maxBytes: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      collect(response, maxBytes).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    request.end(json);
  });
}

/**
 * Reads a whole body.
 * @throws Error if the body is longer than `maxBytes` or incomplete.
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
