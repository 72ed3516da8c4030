import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { z } from 'zod';

/** The part of the data for Application Insights that tests use. */
const Envelope = z.looseObject({
  name: z.string(),
  tags: z.record(z.string(), z.unknown()),
  data: z.looseObject({
    baseType: z.string(),
    baseData: z.looseObject({
      id: z.string().optional(),
      name: z.string().optional(),
      metrics: z.array(z.looseObject({ name: z.string(), value: z.number() })).optional(),
      properties: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
});
export type Envelope = z.infer<typeof Envelope>;

const CERTIFICATE = 'certificate.pem';

/** A local ingestion endpoint of Application Insights that keeps what it receives. */
export class Collector {
  readonly received: string[] = [];
  /** The `authorization` header of each request. */
  readonly authorizations: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #folder: string;
  #url = '';

  private constructor(tls: { readonly key: string; readonly cert: string }, folder: string) {
    this.#folder = folder;
    this.#server = createServer(tls, async (request, response) => {
      const body = await buffer(request);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      this.received.push(text);
      this.authorizations.push(request.headers.authorization);
      const items = envelopesIn(text).length;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ itemsReceived: items, itemsAccepted: items, errors: [] }));
    });
  }

  static async open(): Promise<Collector> {
    const folder = await mkdtemp(join(tmpdir(), 'collector-'));
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    await writeFile(join(folder, CERTIFICATE), cert);
    const collector = new Collector({ key, cert }, folder);
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    const address = collector.#server.address();
    collector.#url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    return collector;
  }

  /** The settings that make an app send its telemetry only here. */
  get settings(): Record<string, string> {
    const key = '00000000-0000-4000-8000-000000000000';
    return {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=${this.#url}/;LiveEndpoint=${this.#url}/`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true',
      APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true',
      // The detectors would send requests to find out where in Azure the app runs.
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      NODE_EXTRA_CA_CERTS: join(this.#folder, CERTIFICATE),
    };
  }

  envelopes(): Envelope[] {
    return this.received.flatMap(envelopesIn);
  }

  /** The names of the spans of each trace. */
  traces(): Map<string, string[]> {
    const traces = new Map<string, string[]>();
    for (const { tags, data } of this.envelopes()) {
      if (!['RequestData', 'RemoteDependencyData'].includes(data.baseType)) continue;
      const trace = String(tags['ai.operation.id']);
      traces.set(trace, [...(traces.get(trace) ?? []), data.baseData.name ?? String(tags['ai.operation.name'])]);
    }
    return traces;
  }

  /** The values of a metric, one for each time that it was sent. */
  metric(name: string): number[] {
    const metrics = this.envelopes().flatMap(({ data }) => data.baseData.metrics ?? []);
    return metrics.filter((metric) => metric.name === name).map(({ value }) => value);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#folder, { recursive: true });
  }
}

/** Parses an array, or one item per line. */
function envelopesIn(text: string): Envelope[] {
  const json = text.trimStart().startsWith('[') ? text : `[${text.trim().split('\n').join(',')}]`;
  return z.array(Envelope).parse(JSON.parse(json));
}
