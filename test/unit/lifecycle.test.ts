import { describe, expect, it } from 'vitest';
import {
  allowedActions,
  ended,
  isCalledOff,
  isCalling,
  isOver,
  OutageAction,
  transition,
} from '../../src/lib/rules/outages/lifecycle.ts';
import { OutageState } from '../../src/lib/rules/outages/outage.ts';
import { outageWith } from './support/memory-services.ts';

/** The next state of an outage for each state and action; – if the action is not allowed. */
const TABLE = `
             launch     pause      resume     cancel      restore    patch       upload
draft        scheduled  –          –          cancelling  –          draft       draft
scheduled    scheduled  paused     scheduled  cancelling  –          scheduled   scheduled
running      running    paused     running    cancelling  restoring  running     running
paused       paused     paused     scheduled  cancelling  restoring  paused      paused
cancelling   –          –          –          cancelling  –          cancelling  –
restoring    –          –          –          –           restoring  restoring   –
finished     –          –          –          –           restoring  –           running
cancelled    –          –          –          cancelled   –          –           –
restored     –          –          –          –           restored   –           –`;

const [actions = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const CASES = rows.flatMap(([state = '', ...next]) =>
  actions.map((action, index) => ({ state, action, next: next[index] ?? '' })),
);

describe('an outage', () => {
  it.each(CASES)('that is $state: $action leads to $next', ({ state, action, next }) => {
    const became = transition({ state: OutageState.parse(state) }, OutageAction.parse(action));
    expect(typeof became === 'string' ? became : '–').toBe(next);
    if (typeof became !== 'string') expect(became.because).toMatch(/^\w/);
  });

  it.each(OutageState.options)('that is %s offers only actions that it allows', (state) => {
    const allowed = allowedActions({ state });
    for (const action of OutageAction.options) {
      const next = transition({ state }, action);
      if (allowed.includes(action)) expect(typeof next).toBe('string');
      else expect(typeof next !== 'string' || next === state).toBe(true);
    }
  });

  it('that is itself an all-clear cannot have one', () => {
    expect(transition({ state: 'running', allClearFor: 'storm' }, 'restore')).toMatchObject({ because: /all-clear/ });
    expect(allowedActions({ state: 'running', allClearFor: 'storm' })).not.toContain('restore');
  });

  it('calls only while it runs, and cancels waiting recipients only if it was stopped or has expired', () => {
    const now = new Date('2026-01-05T09:00:00.000Z');
    const facts = OutageState.options.map((state) => {
      const outage = { ...outageWith(), state };
      return [state, isCalling(outage, now), isCalledOff(outage, now), isOver(outage)];
    });
    expect(facts).toEqual([
      ['draft', false, false, false],
      ['scheduled', false, false, false],
      ['running', true, false, false],
      ['paused', false, false, false],
      ['cancelling', false, true, false],
      ['restoring', false, true, false],
      ['finished', false, false, true],
      ['cancelled', false, true, true],
      ['restored', false, true, true],
    ]);
    const late = { ...outageWith({ expiresAt: '2026-01-05T08:59:00.000Z' }), state: 'running' as const };
    expect([isCalling(late, now), isCalledOff(late, now)]).toEqual([false, true]);
  });

  it('that is over stays as it is if it is ended again', () => {
    const now = new Date('2026-01-05T09:00:00.000Z');
    const ends = OutageState.options.map((state) => [state, ended({ ...outageWith(), state }, now).state]);
    expect(Object.fromEntries(ends)).toMatchObject({
      running: 'finished',
      cancelling: 'cancelled',
      restoring: 'restored',
      finished: 'finished',
      cancelled: 'cancelled',
      restored: 'restored',
    });
  });
});
