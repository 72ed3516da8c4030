import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** What is sent to Application Insights, as far as the tests look at it. */
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

/** An ingestion endpoint of Application Insights on this machine: keeps what is sent, as it was sent. */
export class Collector {
  readonly received: string[] = [];
  readonly #server: Server;
  #url = '';

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const body = await buffer(request);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      this.received.push(text);
      const items = envelopesIn(text).length;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ itemsReceived: items, itemsAccepted: items, errors: [] }));
    });
  }

  static async open(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    const address = collector.#server.address();
    collector.#url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    return collector;
  }

  /** The settings that make an app send here, and nowhere else. */
  get settings(): Record<string, string> {
    const key = '00000000-0000-4000-8000-000000000000';
    return {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=${this.#url}/;LiveEndpoint=${this.#url}/`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true',
      APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true',
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
      traces.set(trace, [...(traces.get(trace) ?? []), data.baseData.name ?? '']);
    }
    return traces;
  }

  /** The values of a metric, one for each time that it was sent. */
  metric(name: string): number[] {
    const metrics = this.envelopes().flatMap(({ data }) => data.baseData.metrics ?? []);
    return metrics.filter((metric) => metric.name === name).map(({ value }) => value);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** An array, or one a line. */
function envelopesIn(text: string): Envelope[] {
  const json = text.trimStart().startsWith('[') ? text : `[${text.trim().split('\n').join(',')}]`;
  return z.array(Envelope).parse(JSON.parse(json));
}
