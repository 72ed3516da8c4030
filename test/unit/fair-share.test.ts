import { describe, expect, it } from 'vitest';
import { byHand, type Claim, type Share, type SharedLine, shareLines } from '../../src/lib/rules/outages/fair-share.ts';

const NUMBER = '+14255550190';

/** Lines of one number, by who has the call on each: an outage, an outage and the heir (`a>b`), or nobody (`-`). */
const linesOf = (...calls: readonly string[]): SharedLine[] =>
  calls.map((call, index) => {
    const [outageId, reservedFor] = call.split('>');
    return {
      lineId: `line-${index}`,
      number: NUMBER,
      isFree: call === '-',
      outageId: call === '-' || call === 'by hand' ? undefined : outageId,
      lastOutageId: outageId,
      reservedFor,
      leasedAt: `2026-01-05T08:00:0${index}.000Z`,
    };
  });

const ALL = new Set(linesOf(...Array(10).fill('-')).map(({ lineId }) => lineId));

const claim = (claimant: string, over: Partial<Claim> = {}): Claim => ({
  claimant,
  rank: 'outage',
  wants: 10,
  lines: ALL,
  ...over,
});

const HAND = claim(byHand(NUMBER), { rank: 'byHand', wants: 1 });

const names = (shares: readonly Share[]): string[] => shares.map(({ claimant, lineId }) => `${lineId} ${claimant}`);

describe('a free line goes', () => {
  it('to the outage that holds the fewest lines of the number', () => {
    const { given } = shareLines(linesOf('a', 'a', 'b', '-', '-'), [claim('a'), claim('b')]);
    expect(names(given)).toEqual(['line-3 b', 'line-4 a']);
  });

  it('to a call by hand first, and to an emergency before other outages', () => {
    const urgent = claim('flood', { rank: 'emergency' });
    const { given } = shareLines(linesOf('flood', 'flood', '-', '-'), [claim('a'), urgent, HAND]);
    expect(names(given)).toEqual([`line-2 ${byHand(NUMBER)}`, 'line-3 flood']);
  });

  it('to nobody who may not use it, or wants no more', () => {
    const other = claim('a', { lines: new Set(['line-7']) });
    expect(shareLines(linesOf('-', '-'), [other, claim('b', { wants: 1 })]).given).toHaveLength(1);
  });

  it('to anybody, even if it was reserved for somebody who did not take it', () => {
    const [line] = linesOf('-');
    const left = line ? [{ ...line, reservedFor: 'gone' }] : [];
    expect(names(shareLines(left, [claim('a')]).given)).toEqual(['line-0 a']);
  });

  it('to somebody for whom a line in use is reserved already, rather than to nobody', () => {
    const one = claim('b', { wants: 1 });
    const { given, reserved } = shareLines(linesOf('a>b', '-'), [one]);
    expect(names(given)).toEqual(['line-1 b']);
    expect(reserved).toEqual([]);
  });

  it('to the one for whom it was freed, unless others hold fewer', () => {
    const freed = (...calls: string[]): SharedLine[] =>
      linesOf('-', ...calls).map((line, index) => (index === 0 ? { ...line, reservedFor: 'c' } : line));
    const claims = ['a', 'b', 'c'].map((name) => claim(name));
    expect(names(shareLines(freed(), claims).given)).toEqual(['line-0 c']);
    expect(names(shareLines(freed('c'), claims).given)).toEqual(['line-0 a']);
  });

  it('to the next of those who hold as many, in the order of their names', () => {
    const after = (lastOutageId: string): SharedLine[] => linesOf('-').map((line) => ({ ...line, lastOutageId }));
    const claims = ['c', 'a', 'b'].map((name) => claim(name));
    const next = (last: string): string[] => shareLines(after(last), claims).given.map(({ claimant }) => claimant);
    expect(['a', 'b', 'c'].flatMap(next)).toEqual(['b', 'c', 'a']);
  });
});

describe('a line in use is reserved', () => {
  it('for a new outage until both have as many, those of the oldest calls first', () => {
    const { given, reserved } = shareLines(linesOf('a', 'a', 'a', 'a'), [claim('a'), claim('b')]);
    expect(given).toEqual([]);
    expect(names(reserved)).toEqual(['line-0 b', 'line-1 b']);
    expect(shareLines(linesOf('a>b', 'a>b', 'a', 'a'), [claim('a'), claim('b')]).reserved).toEqual([]);
  });

  it('for no more people than wait', () => {
    const { reserved } = shareLines(linesOf('a', 'a', 'a', 'a'), [claim('a'), claim('b', { wants: 1 })]);
    expect(names(reserved)).toEqual(['line-0 b']);
  });

  it('for a call by hand that waits, once', () => {
    expect(names(shareLines(linesOf('a', 'b'), [claim('a'), claim('b'), HAND]).reserved)).toContain(
      `line-0 ${byHand(NUMBER)}`,
    );
    expect(shareLines(linesOf(`a>${byHand(NUMBER)}`), [claim('a'), HAND]).reserved).toEqual([]);
  });

  it('for an emergency, as many as it wants, and for no other outage if an emergency has it', () => {
    const urgent = claim('flood', { rank: 'emergency' });
    expect(names(shareLines(linesOf('a', 'a'), [claim('a'), urgent]).reserved)).toEqual([
      'line-0 flood',
      'line-1 flood',
    ]);
    expect(shareLines(linesOf('flood', 'flood'), [claim('a'), urgent]).reserved).toEqual([]);
  });

  it('if it may be used, and not if somebody else’s call by hand is on it', () => {
    const others = claim('b', { lines: new Set(['line-1', 'line-2']) });
    expect(names(shareLines(linesOf('a', 'by hand', 'a'), [claim('a'), others]).reserved)).toEqual(['line-2 b']);
  });

  it('although the outage whose turn it is may use none of them', () => {
    const elsewhere = claim('b', { lines: new Set(['line-9']) });
    expect(names(shareLines(linesOf('a', 'a'), [claim('a'), elsewhere, claim('c')]).reserved)).toEqual(['line-0 c']);
  });
});

describe('with two numbers', () => {
  const two = (...calls: readonly string[]): SharedLine[] =>
    linesOf(...calls).map((line, index) => ({ ...line, number: index === 0 ? NUMBER : '+14255550191' }));

  it('nobody waits long on one for a line that is reserved for them, while calls on the other end', () => {
    const { reserved } = shareLines(two('a>b', 'a'), [claim('a'), claim('b', { wants: 1 }), claim('c')]);
    expect(names(reserved)).toEqual(['line-1 b']);
  });

  it('a line goes to those who have none, before those who have one of the other number', () => {
    const { given } = shareLines(two('a', '-'), [claim('a'), claim('b')]);
    expect(names(given)).toEqual(['line-1 b']);
    expect(names(shareLines(two('-', '-'), [claim('a'), claim('b')]).given)).toEqual(['line-0 a', 'line-1 b']);
  });
});

it('with fewer lines than outages, each has its turn', () => {
  const outages = ['a', 'b', 'c', 'd', 'e'].map((name) => claim(name));
  let lines = linesOf('c', 'd');
  const turns: string[] = [];
  for (let turn = 0; turn < 10; turn++) {
    const heirs = new Map(shareLines(lines, outages).reserved.map(({ lineId, claimant }) => [lineId, claimant]));
    const [ending, ...others] = lines.map((line) => ({
      ...line,
      reservedFor: line.reservedFor ?? heirs.get(line.lineId),
    }));
    if (!ending?.reservedFor) throw new Error('nobody is next');
    turns.push(ending.reservedFor);
    lines = [
      ...others,
      { ...ending, outageId: ending.reservedFor, lastOutageId: ending.reservedFor, reservedFor: undefined },
    ];
  }
  expect(turns.slice(0, 5).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(turns.slice(5).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
});
