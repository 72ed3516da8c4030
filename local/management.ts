import { z } from 'zod';
import { Caller } from '../src/lib/outages/outage.ts';
import type { Stack } from './stack.ts';

/** The app's management calls that the demo and the tests make, over HTTP like anybody else's. */

const Counts = z.record(z.string(), z.number());
const Summary = z.object({
  id: z.string(),
  state: z.string(),
  recipients: z.number(),
  phases: Counts,
  outcomes: Counts,
  attempts: z.number(),
});
export type Summary = z.infer<typeof Summary>;

const ImportReport = z.object({
  added: z.number(),
  alreadyThere: z.number(),
  duplicates: z.number(),
  rejected: z.number(),
  rejections: z.array(z.object({ line: z.number(), reason: z.string() })),
});

const Timeline = z.object({
  leg: z.looseObject({ callLegId: z.string(), outcome: z.string().optional(), createdAt: z.string() }),
  events: z.array(z.looseObject({ type: z.string(), receivedAt: z.string(), data: z.record(z.string(), z.unknown()) })),
  actions: z.array(z.looseObject({ operationContext: z.string(), action: z.string(), at: z.string() })),
});
export type Timeline = z.infer<typeof Timeline>;

export const management = (stack: Stack) => {
  const ask = async (method: string, path: string, body?: string, type = 'application/json'): Promise<unknown> => {
    const response = await fetch(`${stack.url}/api/${path}`, {
      method,
      headers: { 'x-functions-key': stack.functionKey, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    declare: async (outage: object) =>
      z
        .looseObject({ id: z.string(), callers: z.array(Caller) })
        .parse(await ask('POST', 'outages', JSON.stringify(outage))),
    importCsv: async (id: string, csv: string) =>
      ImportReport.parse(await ask('PUT', `outages/${id}/recipients`, csv, 'text/csv')),
    summary: async (id: string) => Summary.parse(await ask('GET', `outages/${id}`)),
    timeline: async (callLegId: string) => Timeline.parse(await ask('GET', `calls/${callLegId}`)),
  };
};
