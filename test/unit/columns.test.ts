import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StorageError } from '../../src/lib/base/errors.ts';
import { CallLeg, newCallLeg } from '../../src/lib/rules/calls/leg.ts';
import { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { changed, fromColumns, toColumns } from '../../src/lib/storage/columns.ts';
import { recipientWith } from './support/memory-services.ts';

const Anything = z.record(z.string(), z.unknown());
const names = fc.string({ minLength: 1 }).filter((name) => !name.endsWith('Json') && name !== '__proto__');
const members = fc.oneof(
  // An empty column is an absent one.
  fc.string({ minLength: 1 }),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string()),
  fc.dictionary(names, fc.string()),
);

describe('an object stored as columns', () => {
  it('is read back unchanged', () => {
    fc.assert(
      fc.property(fc.dictionary(names, members), (value) => {
        expect(fromColumns(Anything, toColumns(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('can be read by a person: plain values stay as they are, nested ones become JSON', () => {
    expect(
      toColumns({ name: 'Ann', attempt: 2, isEnding: true, results: [{ outcome: 'busy' }], extra: { floor: '3' } }),
    ).toEqual({
      name: 'Ann',
      attempt: 2,
      isEnding: true,
      resultsJson: '[{"outcome":"busy"}]',
      extraJson: '{"floor":"3"}',
    });
  });

  it('is split over several columns if its JSON is too long for one', () => {
    const participants = Array.from({ length: 350 }, (_, index) => ({ id: `8:acs:${'x'.repeat(200)}${index}` }));
    const columns = toColumns({ participants });
    expect(Object.keys(columns)).toEqual(['participantsJson', 'participantsJson_1', 'participantsJson_2']);
    expect(Object.values(columns).every((cell) => String(cell).length <= 32_768)).toBe(true);
    expect(fromColumns(Anything, columns)).toEqual({ participants });
  });

  it('has no column for a member that is undefined', () => {
    expect(toColumns({ name: undefined, attempt: 0 })).toStrictEqual({ attempt: 0 });
  });

  it('can be a recipient or a call leg', () => {
    const recipient = { ...recipientWith({ name: 'Ann', extra: { floor: '3' } }), dueRow: 'due|waiting|…|…' };
    expect(fromColumns(Recipient, toColumns(recipient))).toEqual(recipient);
    const leg = newCallLeg('leg-1', { kind: 'request', requestId: 'by-hand' }, new Date(0));
    expect(fromColumns(CallLeg, toColumns(leg))).toEqual(leg);
  });

  it('is refused if a column is invalid: the error names the column, never its value', () => {
    const read = () => fromColumns(Recipient, { ...toColumns(recipientWith()), phase: '+14255550123' });
    expect(read).toThrow(StorageError);
    expect(read).toThrow(/phase: /);
    expect(read).not.toThrow(/14255550123/);
  });
});

describe('a change of a row that another version of the app wrote', () => {
  const Known = z.strictObject({
    name: z.string(),
    reason: z.string().optional(),
    line: z.strictObject({ number: z.string() }).optional(),
    results: z.array(z.strictObject({ attempt: z.number(), outcome: z.string() })),
  });
  const ROW = {
    name: 'Ann',
    reason: 'busy',
    version: 2,
    colour: 'red',
    lineJson: '{"number":"+1","region":"west"}',
    resultsJson: '[{"attempt":1,"outcome":"busy","mood":"bad"},{"attempt":2,"outcome":"unknown","mood":"good"}]',
  };

  it('is read without what this version does not know', () => {
    expect(fromColumns(Known, ROW)).toEqual({
      name: 'Ann',
      reason: 'busy',
      line: { number: '+1' },
      results: [
        { attempt: 1, outcome: 'busy' },
        { attempt: 2, outcome: 'unknown' },
      ],
    });
  });

  it('writes only what differs, and keeps unknown members of JSON', () => {
    const before = fromColumns(Known, ROW);
    const [first, second] = before.results;
    const results = [first, { ...second, outcome: 'heard' }, { attempt: 3, outcome: 'busy' }];
    expect(changed(before, { ...before, results })).toEqual({
      resultsJson:
        '[{"attempt":1,"outcome":"busy","mood":"bad"},{"mood":"good","attempt":2,"outcome":"heard"},{"attempt":3,"outcome":"busy"}]',
    });
  });

  it('keeps them in a second change after the first', () => {
    const before = fromColumns(Known, ROW);
    const once = { ...before, line: { number: '+2' } };
    expect(changed(before, once)).toEqual({ lineJson: '{"region":"west","number":"+2"}' });
    expect(changed(once, { ...once, line: { number: '+3' } })).toEqual({ lineJson: '{"region":"west","number":"+3"}' });
  });

  it('empties the columns of a member that goes away; an empty column is absent', () => {
    const before = fromColumns(Known, ROW);
    const columns = changed(before, { ...before, reason: undefined, line: undefined });
    expect(columns).toEqual({ reason: '', lineJson: '' });
    expect(fromColumns(Known, { ...ROW, ...columns })).toEqual({ name: 'Ann', results: before.results });
  });

  it('empties the further columns of JSON that became shorter', () => {
    const long = { name: 'Ann', results: Array.from({ length: 2000 }, (_, attempt) => ({ attempt, outcome: 'busy' })) };
    const row = toColumns(long);
    expect(Object.keys(row)).toContain('resultsJson_1');
    const before = fromColumns(Known, row);
    const merged = { ...row, ...changed(before, { ...before, results: [] }) };
    expect(fromColumns(Known, merged)).toEqual({ name: 'Ann', results: [] });
  });
});
