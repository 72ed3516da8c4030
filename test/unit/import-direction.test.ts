import { describe, expect, it } from 'vitest';
import { circlesIn, type Import, importsIn, type Sources, sourcesIn } from './support/imports.ts';

/** The layers of src, highest first, with their tasks. A file may import from its own layer and from lower ones. */
const LAYERS: ReadonlyMap<string, string> = new Map([
  ['src/main.ts', 'starts the app: registers the functions and composes the services'],
  ['src/functions.ts', 'lists every function by its name'],
  ['src/functions', 'one file for each Azure function: connects its trigger with a workflow or a view'],
  ['src/dashboard', 'the dashboard, which runs in the browser'],
  ['src/lib/api', 'describes the HTTP API: routes, parameters, answers'],
  ['src/lib/triggers', 'turns HTTP requests and queue messages into calls of functions, and errors into answers'],
  ['src/lib/views', 'reads storage and makes what the API answers'],
  ['src/lib/privacy', 'finds, exports, erases and forgets what is kept of a person'],
  ['src/lib/upkeep', 'what the timer does: checks calls whose lease has ended and moves outages forward'],
  ['src/lib/calls', 'workflows of one call: places it, handles its events, performs its actions'],
  ['src/lib/outages', 'workflows of an outage: declares, changes, imports, hands out lines, records results'],
  ['src/lib/services', 'what workflows need, and how it is put together from the settings'],
  ['src/lib/telemetry', 'traces, metrics and Azure Monitor'],
  ['src/lib/storage', 'tables and queues: rows, keys, ETags, retries'],
  ['src/lib/config', 'reads and checks the settings'],
  ['src/lib/lists', 'reads a list of people: bytes, text, rows, contacts'],
  ['src/lib/rules/outages', 'pure rules of outages and recipients: lifecycle, attempts, retries, quiet hours'],
  ['src/lib/rules', 'pure rules of calls and numbers: call legs, key presses, operators, outcomes'],
  ['src/lib/call-automation', 'the client of Azure Communication Services, by both of its APIs'],
  ['src/lib/base', 'errors, masking and other helpers that know nothing of outages or calls'],
]);

/** Folders whose files may not import each other in circles. */
const WITHOUT_CIRCLES = ['src', 'simulator', 'local'];

/** Lines that a file may have at most. */
const MAX_LINES = 250;

const ORDER = [...LAYERS.keys()];

/** The index of a file's layer; if two match, that of the inner one. Undefined if the file has none. */
function levelOf(file: string): number | undefined {
  const layers = ORDER.filter((layer) => file === layer || file.startsWith(`${layer}/`));
  const [inner] = layers.sort((a, b) => b.length - a.length);
  return inner === undefined ? undefined : ORDER.indexOf(inner);
}

function isUpward({ from, to }: Import): boolean {
  const [own, other] = [levelOf(from), levelOf(to)];
  return own === undefined || other === undefined || other < own;
}

const upwardIn = (sources: Sources): string[] =>
  importsIn(sources)
    .filter(isUpward)
    .map(({ from, to }) => `${from} imports ${to}`);

const circularIn = (sources: Sources): string[] => circlesIn(importsIn(sources)).map((circle) => circle.join(' > '));

const longIn = (sources: Sources): string[] =>
  [...sources].filter(([, text]) => text.trimEnd().split('\n').length > MAX_LINES).map(([path]) => path);

describe('the import graph', () => {
  it('goes downward only: no file of src imports from a higher layer, or from outside src', () => {
    expect(upwardIn(sourcesIn('src'))).toEqual([]);
  });

  it('has no circles between files', () => {
    expect(WITHOUT_CIRCLES.flatMap((folder) => circularIn(sourcesIn(folder)))).toEqual([]);
  });

  it('has a layer for every file of src, and a file for every layer', () => {
    const levels = [...sourcesIn('src').keys()].map(levelOf);
    expect(new Set(levels)).toEqual(new Set(ORDER.keys()));
  });
});

it(`no file of src, simulator or local is longer than ${MAX_LINES} lines`, () => {
  const long = longIn(sourcesIn('src', 'simulator', 'local'));
  expect(long).toEqual([]);
});

describe('the checks themselves', () => {
  const planted = (sources: Record<string, string>): Sources => new Map(Object.entries(sources));

  it.each([
    ["import { send } from '../storage/send.ts';", 'src/lib/storage/send.ts'],
    ["import type { Sent } from '../storage/send.ts';", 'src/lib/storage/send.ts'],
    ["export * from '../storage/send.ts';", 'src/lib/storage/send.ts'],
    ["const { send } = await import('../storage/send.ts');", 'src/lib/storage/send.ts'],
    ["import '../storage/send.ts';", 'src/lib/storage/send.ts'],
    ["import {\n  receive,\n  send,\n} from '../storage/send.ts';", 'src/lib/storage/send.ts'],
    ["import { step } from '../rules/outages/step.ts';", 'src/lib/rules/outages/step.ts'],
    ["import { start } from '../../main.ts';", 'src/main.ts'],
    ["import { ports } from '../../../local/ports.ts';", 'local/ports.ts'],
    ["import { lost } from '../lost.ts';", 'src/lib/lost.ts'],
  ])('find the upward import in %j', (text, to) => {
    expect(upwardIn(planted({ 'src/lib/call-automation/port.ts': text }))).toEqual([
      `src/lib/call-automation/port.ts imports ${to}`,
    ]);
  });

  it.each([
    "import { masked } from '../base/masking.ts';",
    "import { identityOf } from './identifiers.ts';",
    "import { z } from 'zod';",
    "import packageJson from '../../../package.json' with { type: 'json' };",
  ])('allow %j', (text) => {
    expect(upwardIn(planted({ 'src/lib/call-automation/port.ts': text }))).toEqual([]);
  });

  it('find a circle of two files, and one of type imports through three', () => {
    const sources = planted({
      'a.ts': "import { b } from './b.ts';",
      'b.ts': "import { a } from './a.ts';",
      'c.ts': "import type { D } from './d.ts';\nimport { b } from './b.ts';",
      'd.ts': "import type { E } from './e.ts';",
      'e.ts': "import type { C } from './c.ts';",
    });
    expect(circularIn(sources)).toEqual(['a.ts > b.ts > a.ts', 'c.ts > d.ts > e.ts > c.ts']);
  });

  it('find a file that is too long', () => {
    const sources = planted({ 'short.ts': 'x;\n'.repeat(MAX_LINES), 'long.ts': 'x;\n'.repeat(MAX_LINES + 1) });
    expect(longIn(sources)).toEqual(['long.ts']);
  });
});
