import { XLSX } from '../src/lib/lists/list.ts';
import { ImportReport } from '../src/lib/rules/outages/import-report.ts';
import { CallView } from '../src/lib/views/call-view.ts';
import { DeclaredOutage, OutageView } from '../src/lib/views/outage-view.ts';
import type { Stack } from './stack.ts';

/** A client of the HTTP API, for the demo and the tests. Each method throws if the answer is not 2xx. */
export const management = (stack: Stack) => {
  const ask = async (
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    type = 'application/json',
  ): Promise<unknown> => {
    const response = await fetch(`${stack.url}/api/${path}`, {
      method,
      headers: { 'x-functions-key': stack.functionKey, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    declare: async (outage: object) => DeclaredOutage.parse(await ask('POST', 'outages', JSON.stringify(outage))),
    importCsv: async (id: string, csv: string) =>
      ImportReport.parse(await ask('PUT', `outages/${id}/recipients`, csv, 'text/csv')),
    importWorkbook: async (id: string, workbook: Uint8Array<ArrayBuffer>) =>
      ImportReport.parse(await ask('PUT', `outages/${id}/recipients`, workbook, XLSX)),
    view: async (id: string) => OutageView.parse(await ask('GET', `outages/${id}`)),
    call: async (callLegId: string) => CallView.parse(await ask('GET', `calls/${callLegId}`)),
  };
};
