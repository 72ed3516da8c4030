import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type ListType, XLSX } from '../src/lib/lists/list.ts';
import { ImportReport } from '../src/lib/rules/outages/import-report.ts';
import { listParts, NOTHING_ADDED, withPart } from '../src/lib/rules/outages/list-parts.ts';
import { FIRST_PART, NEXT_PART } from '../src/lib/rules/outages/report-parts.ts';
import { runCommand, UsageError } from './cli.ts';

const USAGE = `Usage: npm run -s lists -- upload OUTAGE FILE [flags]
       npm run -s lists -- report OUTAGE [flags]

Uploads a list of recipients of any length, or downloads a report of any length: in parts, because the app refuses a
list of more than 8 MB and a report of more than 16 MB. A workbook is sent whole.
  upload   adds the recipients of a CSV, NDJSON (.ndjson, .jsonl) or XLSX file; prints the counts as JSON
  report   writes the report to stdout, as CSV

  --url URL   the app (default http://127.0.0.1:7071)
  --sheet S   the sheet of a workbook (default: the first that is not hidden)
  --key KEY   the function key (default: the environment's RINGDOWN_KEY)
  --help      this text`;

await runCommand(async () => {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [command, outage, file, ...more] = positionals;
  const app = appAt(values.url, values.key ?? process.env['RINGDOWN_KEY']);
  if (command === 'upload' && outage && file && more.length === 0) {
    process.stdout.write(`${JSON.stringify(await upload(app, outage, file, values.sheet), null, 2)}\n`);
    return 0;
  }
  if (command === 'report' && outage && file === undefined) {
    for await (const part of report(app, outage)) process.stdout.write(part);
    return 0;
  }
  throw new UsageError('Use: upload OUTAGE FILE, or report OUTAGE.');
});

function parse() {
  try {
    return parseArgs({
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:7071' },
        key: { type: 'string' },
        sheet: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type App = (path: string, init?: RequestInit) => Promise<Response>;

function appAt(url: string, key: string | undefined): App {
  if (!key) throw new UsageError('Give the function key: --key, or RINGDOWN_KEY in the environment.');
  return async (path, init = {}) => {
    const headers = { 'x-functions-key': key, ...init.headers };
    const response = await fetch(new URL(`/api/outages/${path}`, url), { ...init, headers });
    if (!response.ok) throw new Error(`The app answered ${response.status} ${await response.text()}`);
    return response;
  };
}

async function upload(app: App, outage: string, file: string, sheet: string | undefined): Promise<ImportReport> {
  const type = typeOf(file);
  const list = randomUUID();
  const add = async (body: Uint8Array<ArrayBuffer>, linesBefore: number): Promise<ImportReport> => {
    const query = new URLSearchParams({
      list,
      linesBefore: String(linesBefore),
      ...(sheet !== undefined && { sheet }),
    });
    const headers = { 'content-type': type };
    const answer = await app(`${encodeURIComponent(outage)}/recipients?${query}`, { method: 'PUT', headers, body });
    return ImportReport.parse(await answer.json());
  };
  if (type === XLSX) return add(new Uint8Array(await readFile(file)), 0);
  let whole = NOTHING_ADDED;
  for await (const { bytes, linesBefore } of listParts(createReadStream(file), type === 'text/csv')) {
    whole = withPart(whole, await add(bytes, linesBefore));
  }
  return whole;
}

function typeOf(file: string): ListType {
  if (/\.xlsx$/i.test(file)) return XLSX;
  return /\.(?:ndjson|jsonl)$/i.test(file) ? 'application/x-ndjson' : 'text/csv';
}

async function* report(app: App, outage: string): AsyncGenerator<Buffer> {
  let part: string | null = FIRST_PART;
  while (part !== null) {
    const answer: Response = await app(`${encodeURIComponent(outage)}/report.csv?part=${encodeURIComponent(part)}`);
    yield Buffer.from(await answer.arrayBuffer());
    part = answer.headers.get(NEXT_PART);
  }
}
