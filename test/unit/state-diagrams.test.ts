import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../src/lib/call-automation/events.ts';
import { type CallLeg, endedUnreported, newCallLeg, Stage } from '../../src/lib/rules/calls/leg.ts';
import { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { announcement, type CallScript } from '../../src/lib/rules/calls/script.ts';
import { step } from '../../src/lib/rules/calls/step.ts';
import {
  bound,
  claimed,
  concluded,
  dispatchedColumns,
  expired,
  isAt,
  leaseExtended,
  type Moved,
  postponed,
  refusalToDial,
} from '../../src/lib/rules/outages/attempts.ts';
import { OutageAction, transition } from '../../src/lib/rules/outages/lifecycle.ts';
import { OutageState } from '../../src/lib/rules/outages/outage.ts';
import { Phase, type Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { RetryPolicy } from '../../src/lib/rules/outages/retry.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { recipientWith } from './support/memory-services.ts';
import { CALLEE, isCallee, NOW, OPERATOR, scriptWith, US } from './support/phone-call.ts';
import {
  audioBegan,
  audioEnded,
  established,
  establishing,
  invited,
  LEG,
  presentAre,
  terminated,
  terminating,
  tone,
  unheardOf,
} from './support/telephone-events.ts';

/** Compares the transitions of the pure functions with those in docs/architecture.md and docs/lifecycle.md. */

/** "from --> to: label", one for each label. */
type Edges = ReadonlySet<string>;

const DOCUMENT = readFileSync('docs/architecture.md', 'utf8');

/** The edges of the diagram after the marker. One from a composite state stands for one from each state inside it. */
function drawn(marker: string): Edges {
  const [, diagram = ''] = DOCUMENT.match(new RegExp(`<!-- ${marker} -->\n\`\`\`mermaid\n(.*?)\`\`\``, 's')) ?? [];
  const [, composite = '', body = ''] = diagram.match(/state (\w+) \{(.*?)\n {2}\}/s) ?? [];
  const inside = new Set([...body.matchAll(/(\w+) --> (\w+)/g)].flatMap(([, from = '', to = '']) => [from, to]));
  const lines = [...diagram.matchAll(/^ *(\w+) --> (\w+): (.+)$/gm)];
  return new Set(
    lines.flatMap(([, from = '', to = '', labels = '']) =>
      (from === composite ? [...inside] : [from]).flatMap((each) =>
        labels.split(', ').map((label) => `${each} --> ${to}: ${label}`),
      ),
    ),
  );
}

const sorted = (edges: Edges): string[] => [...edges].sort();

/** Visits every state that can be reached from the start, telling apart only states with different keys. */
function explore<State>(
  start: State,
  keyOf: (state: State) => string,
  successors: (state: State) => Iterable<readonly [label: string, to: State]>,
  visit: (from: State, label: string, to: State) => void,
): void {
  const seen = new Set([keyOf(start)]);
  const open = [start];
  for (let from = open.pop(); from; from = open.pop()) {
    for (const [label, to] of successors(from)) {
      visit(from, label, to);
      if (seen.has(keyOf(to))) continue;
      seen.add(keyOf(to));
      open.push(to);
    }
  }
}

const OTHERS_LATER = [20, 40].flatMap((second) => [
  presentAre([US, CALLEE, OPERATOR], second),
  presentAre([US, CALLEE], second),
]);

/** All kinds of events, by their label in the diagram. Those without an edge have one too, so a new edge is found. */
const NEWS: Readonly<Record<string, (leg: CallLeg) => readonly CallEvent[]>> = {
  answered: () => [established],
  'state changed': () => [establishing, terminating],
  'call ended': () => [terminated],
  key: () => (['1', '2', '9', '*', '5'] as const).map((key) => tone(key)),
  'audio began': ({ audio }) => [audioBegan(audio)],
  'audio ended': ({ audio }) =>
    (['completed', 'cancelled', 'failed'] as const).flatMap((result) => [
      audioEnded(result, audio),
      audioEnded(result, 'other-99'),
    ]),
  'operator answered': ({ invitation }) => [invited('completed', invitation), invited('completed', 'other-99')],
  'operators declined': ({ invitation }) => [invited('failed', invitation), invited('running', invitation)],
  'participants changed': () => OTHERS_LATER,
  'unknown event': () => [unheardOf],
};

const ATTEMPT = {
  kind: 'attempt',
  outageId: 'storm',
  shard: 0,
  recipientId: recipientIdOf(CALLEE),
  attempt: 1,
} as const;
const REQUEST = { kind: 'request', requestId: 'by-hand' } as const;

/** Scripts with and without each part that a step checks. */
const SCRIPTS: readonly CallScript[] = [true, false].flatMap((hasThanks) =>
  [true, false].flatMap((hasUnavailable) =>
    [0, 1].map((replays) => {
      const { thanks, unavailable, ...rest } = scriptWith({ replays });
      return { ...rest, ...(hasThanks && { thanks }), ...(hasUnavailable && { unavailable }) };
    }),
  ),
);

const CALLS: readonly (readonly [CallPurpose, CallScript | undefined])[] = [
  ...SCRIPTS.map((script) => [ATTEMPT, script] as const),
  [ATTEMPT, scriptWith({ operators: [] })],
  [REQUEST, announcement('https://audio.example/message.wav')],
  [{ ...REQUEST, as: 'guest' }, undefined],
  [{ ...REQUEST, as: 'errand' }, undefined],
];

/** What decides the stage that follows. Counters are left out: they only number the actions. */
const legKey = (leg: CallLeg): string =>
  JSON.stringify([
    leg.stage,
    leg.state,
    leg.next,
    leg.audio !== undefined,
    leg.invitation !== undefined,
    Math.min(leg.plays, 2),
    leg.joinedAt,
    leg.participantsAt,
    leg.isTogether,
  ]);

function* afterNews(leg: CallLeg, script: CallScript | undefined): Generator<readonly [string, CallLeg]> {
  for (const [label, events] of Object.entries(NEWS)) {
    for (const event of events(leg)) yield [label, step(leg, event, { script, isCallee }, NOW).leg];
  }
  yield ['lease ended', endedUnreported(leg, true, NOW)];
}

function edgesOfCalls(): Edges {
  const edges = new Set<string>();
  for (const [purpose, script] of CALLS) {
    explore(
      newCallLeg(LEG, purpose, NOW),
      legKey,
      (leg) => afterNews(leg, script),
      (from, label, to) => {
        if (from.stage !== to.stage) edges.add(`${from.stage} --> ${to.stage}: ${label}`);
      },
    );
  }
  return edges;
}

const SOON = new Date(NOW.getTime() + 600_000);
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };
const POLICY = RetryPolicy.parse({ maxAttempts: 2 });

/** The functions that change a recipient, each in the phases in which workflows call it. */
function* afterChange(recipient: Recipient): Generator<readonly [string, Recipient]> {
  const ref = { ...ATTEMPT, attempt: recipient.attempt };
  const isUnderWay = isAt(recipient, ref);
  const moved = (label: string, next: Moved): readonly [string, Recipient] => [label, next.recipient];
  if (recipient.phase === 'waiting') {
    yield ['given a line', { ...recipient, ...dispatchedColumns(recipient.attempt + 1, LINE, SOON) }];
    yield moved('called off', expired(recipient, NOW));
  }
  for (const isRepeatable of [true, false]) {
    if (!refusalToDial(recipient, ref, NOW, 1_000, isRepeatable)) yield moved('claimed', claimed(recipient, NOW));
  }
  if (isUnderWay) {
    yield moved('bound', bound(recipient, LEG));
    yield moved('lease extended', leaseExtended(recipient, SOON));
    yield moved('postponed', postponed(recipient, NOW));
  }
  for (const attempt of [recipient.attempt, recipient.attempt - 1].filter((number) => number > 0)) {
    for (const outcome of Outcome.options) {
      const next = concluded(recipient, { attempt, outcome, at: NOW.toISOString() }, POLICY, NOW);
      if (next) yield moved('concluded', next);
    }
  }
}

function edgesOfRecipients(): Edges {
  const edges = new Set<string>();
  explore(recipientWith(), JSON.stringify, afterChange, (from, label, to) => {
    if (from.phase !== to.phase) edges.add(`${from.phase} --> ${to.phase}: ${label}`);
  });
  return edges;
}

/** The states that the edges name. */
const statesOf = (edges: Edges): string[] =>
  [...new Set([...edges].flatMap((edge) => edge.split(': ')[0]?.split(' --> ') ?? []))].sort();

describe('the state diagrams of docs/architecture.md', () => {
  it('the stages of a call leg are drawn with exactly the transitions that the code makes', { timeout: 60_000 }, () => {
    expect(sorted(edgesOfCalls())).toEqual(sorted(drawn('stages')));
    expect(statesOf(drawn('stages'))).toEqual(Stage.options.toSorted());
  });

  it('the phases of a recipient are drawn with exactly the transitions that the code makes', () => {
    expect(sorted(edgesOfRecipients())).toEqual(sorted(drawn('phases')));
    expect(statesOf(drawn('phases'))).toEqual(Phase.options.toSorted());
  });
});

/** Cells of the table of docs/lifecycle.md, one row for each state. */
function lifecycleTable(): string[][] {
  const [, table = ''] = readFileSync('docs/lifecycle.md', 'utf8').match(/\n((?:\|.*\n)+)/) ?? [];
  const rows = table.trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.replaceAll('`', '').trim())
      .slice(1, -1),
  );
}

it('the table of docs/lifecycle.md says what each action does in each state', () => {
  const made = OutageState.options.map((state) => [
    state,
    ...OutageAction.options.map((action) => {
      const next = transition({ state }, action);
      return typeof next === 'string' ? next : '–';
    }),
  ]);
  expect(lifecycleTable()).toEqual(expect.arrayContaining(made));
  expect(made).toHaveLength(lifecycleTable().length);
});
