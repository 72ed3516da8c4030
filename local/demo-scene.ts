import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { problemsOf } from '../src/lib/base/problems.ts';
import { OutageSpec } from '../src/lib/rules/outages/outage.ts';
import { UsageError } from './cli.ts';
import { SAMPLES } from './stack.ts';

/** Placeholder in an outage file for the URL of the demo's audio. */
const AUDIO = '{audio}';

/** What an operator does. */
const OPERATOR = 'answers after 3 s, talks 20 s';

/** The operator if only phones can be called. */
const OPERATOR_PHONE = '+14255550199';

/** The simulated people. Format: simulator/README.md. */
export const PEOPLE = {
  people: { '8:acs:*': OPERATOR, [OPERATOR_PHONE]: OPERATOR },
  mix: {
    'answers after 4 s, presses 1 after 3 s, stays': 34,
    'answers after 6 s, presses 1 after 12 s': 12,
    'answers after 5 s, presses 5, then 1': 8,
    'answers after 3 s, presses 2 and talks 20 s': 10,
    'answers after 4 s, hangs up after 2 s': 8,
    voicemail: 6,
    'no answer': 10,
    busy: 8,
    declines: 4,
  },
};

export type Scene = {
  readonly title: string;
  readonly csv: string;
  /** How many calls a number can have at once. */
  readonly linesPerNumber: number;
  /** The caller numbers of the outage, as the setting CALLER_NUMBERS; undefined if it names none. */
  readonly callerNumbers: string | undefined;
  /** The outage to declare. */
  outage(audioUrl: string): object;
};

/**
 * Loads the outage and the list of the demo: the samples or the given files.
 * @throws UsageError if they are not valid.
 */
export function loadScene(given: SceneFiles): Scene {
  if (given.csvFile !== undefined && given.recipients !== undefined) {
    throw new UsageError('Use either --csv or --recipients, not both');
  }
  const file = read('--outage', given.outageFile ?? `${SAMPLES}outage.json`);
  const json = given.outageFile === undefined && given.callsPhonesOnly ? withPhones(file) : file;
  const spec = checked(json.replaceAll(AUDIO, 'http://127.0.0.1'), given.outageFile ?? 'the sample outage');
  const callers = spec.callers ?? [];
  return {
    title: spec.title,
    csv:
      given.recipients === undefined
        ? read('--csv', given.csvFile ?? `${SAMPLES}recipients.csv`)
        : generatedList(given.recipients),
    linesPerNumber: Math.max(2, ...callers.map(({ lines }) => lines)),
    callerNumbers: callers.map(({ number, lines }) => `${number}:${lines}`).join() || undefined,
    outage: (audioUrl) => z.looseObject({}).parse(JSON.parse(json.replaceAll(AUDIO, audioUrl))),
  };
}

/** The sample with phones as operators. */
const withPhones = (json: string): string =>
  json.replace(/"communicationUser": \{\s*"id": "[^"]*"\s*\}/g, `"phoneNumber": { "value": "${OPERATOR_PHONE}" }`);

type SceneFiles = {
  readonly outageFile: string | undefined;
  readonly csvFile: string | undefined;
  readonly recipients: number | undefined;
  /** The callers reach no ACS users. */
  readonly callsPhonesOnly?: boolean;
};

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${flag}: ${file} cannot be read`, { cause });
  }
}

function checked(json: string, file: string): OutageSpec {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const spec = OutageSpec.safeParse(value);
  if (!spec.success) throw new UsageError(`${file} is not a valid outage:\n  ${problemsOf(spec.error).join('\n  ')}`);
  return spec.data;
}

/** Each area code has a hundred numbers that are reserved for fiction: 555-0100 to 555-0199. */
const FICTIONAL = 100;
const FIRST_AREA_CODE = 501;

/** A list of people with fictional numbers, as CSV. */
export function generatedList(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const areaCode = FIRST_AREA_CODE + Math.floor(index / FICTIONAL);
    return `Person ${index + 1},+1${areaCode}55501${String(index % FICTIONAL).padStart(2, '0')}`;
  });
  return ['name,phone', ...rows].join('\n');
}
