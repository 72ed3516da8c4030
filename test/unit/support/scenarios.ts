import fc from 'fast-check';
import { type CallEvent, Key } from '../../../src/lib/call-automation/events.ts';
import type { CallScript } from '../../../src/lib/rules/calls/script.ts';
import { CALLEE, call, OPERATOR, type PhoneCall, scriptWith, US } from './phone-call.ts';
import {
  audioEnded,
  endedWith,
  established,
  establishing,
  invited,
  presentAre,
  terminated,
  terminating,
  tone,
  unheardOf,
} from './telephone-events.ts';

/** One whole call: its script, and its events in order. */
export type Scenario = { readonly script: CallScript; readonly events: readonly CallEvent[] };

/** What can happen in an established call. Audio and invitations end only if the script has started them. */
const Happening = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Key.options.slice(0, 11)).map((key) => ({ kind: 'key' as const, key })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('1', '2', '9', '*').map((key) => ({ kind: 'key' as const, key: Key.parse(key) })),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('completed' as const, 'cancelled' as const, 'failed' as const)
      .map((result) => ({ kind: 'audio' as const, result })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('completed' as const, 'failed' as const)
      .map((status) => ({ kind: 'invitation' as const, status })),
  },
  {
    weight: 2,
    arbitrary: fc.subarray([US, CALLEE, OPERATOR]).map((who) => ({ kind: 'present' as const, who })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'unheardOf' as const }) },
);
type Happening = typeof Happening extends fc.Arbitrary<infer Value> ? Value : never;

const Scripts = fc
  .record({
    replays: fc.nat(9),
    keyWaitSeconds: fc.constantFrom(0, 5),
    hasThanks: fc.boolean(),
    hasUnavailable: fc.boolean(),
    hasOperator: fc.boolean(),
  })
  .map(({ replays, keyWaitSeconds, hasThanks, hasUnavailable, hasOperator }): CallScript => {
    const { thanks, unavailable, operators, ...script } = scriptWith({ replays, keyWaitSeconds });
    return {
      ...script,
      ...(hasThanks && { thanks }),
      ...(hasUnavailable && { unavailable }),
      operators: hasOperator ? operators : [],
    };
  });

const Endings = fc.oneof(
  fc.constant(terminated),
  fc.constantFrom(200, 404, 486, 480, 487, 603).map((code) => endedWith(code)),
);

/** The event that reports a happening at this moment of the call; undefined if it cannot happen then. */
function eventFor(happening: Happening, { leg }: PhoneCall, moment: number): CallEvent | undefined {
  const second = 10 + moment;
  switch (happening.kind) {
    case 'key':
      return tone(happening.key, moment, second);
    case 'audio':
      return leg.audio === undefined ? undefined : audioEnded(happening.result, leg.audio);
    case 'invitation':
      return leg.stage === 'inviting' ? invited(happening.status, leg.awaits, second) : undefined;
    case 'present':
      return presentAre(happening.who, second);
    case 'unheardOf':
      return unheardOf;
  }
}

/** Whole calls, generated in order, so that every result belongs to an action of the script. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    script: Scripts,
    isAnswered: fc.boolean(),
    happenings: fc.array(Happening, { maxLength: 30 }),
    end: Endings,
  })
  .map(({ script, isAnswered, happenings, end }) => {
    const events: CallEvent[] = [establishing];
    let before = call(script).after(establishing);
    const happens = (event: CallEvent): void => {
      events.push(event);
      before = before.after(event);
    };
    if (isAnswered) happens(established);
    for (const [moment, happening] of isAnswered ? happenings.entries() : []) {
      const event = eventFor(happening, before, moment);
      if (event) happens(event);
    }
    happens(terminating);
    happens(end);
    return { script, events };
  });

/** The events of a whole call, badly delivered: in any order, some twice, some never. */
export const disorderly: fc.Arbitrary<{ scenario: Scenario; events: readonly CallEvent[] }> = scenarios.chain(
  (scenario) => {
    const { events } = scenario;
    const anyOrder = fc.shuffledSubarray([...events, ...events]);
    const nearlyInOrder = fc.array(fc.nat(events.length - 1), { maxLength: 4 }).map((moved) => delayed(events, moved));
    return fc.oneof(anyOrder, nearlyInOrder).map((delivered) => ({ scenario, events: delivered }));
  },
);

/** Moves each of these events three places back, and repeats it at the end. */
function delayed(events: readonly CallEvent[], indices: readonly number[]): CallEvent[] {
  const order = [...events];
  for (const index of indices) {
    const late = order.splice(index, 1);
    order.splice(index + 3, 0, ...late);
    order.push(...late);
  }
  return order;
}
