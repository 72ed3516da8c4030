import { describe, expect, it } from 'vitest';
import { Hints } from '../../src/lib/storage/hints.ts';

const row = (etag: string) => ({ etag });

describe('hints of an instance', () => {
  it('give the version that the instance read or wrote last', () => {
    const hints = new Hints();
    hints.read('leg', row('1'));
    expect(hints.get('leg')).toEqual(row('1'));
    hints.wrote('leg', row('2'));
    expect(hints.get('leg')).toEqual(row('2'));
    expect(hints.get('other')).toBeUndefined();
  });

  it('forget a row whose version is not known any more', () => {
    const hints = new Hints();
    hints.wrote('leg', row('1'));
    hints.wrote('leg', row(''));
    expect(hints.get('leg')).toBeUndefined();
    hints.wrote('leg', row('1'));
    hints.read('leg', undefined);
    expect(hints.get('leg')).toBeUndefined();
  });

  it('are given no longer once many were wrong, and again once reads show that they would be right', () => {
    const hints = new Hints();
    for (let version = 0; version < 20; version++) {
      hints.wrote('leg', row(`ours ${version}`));
      hints.get('leg');
      hints.read('leg', row(`theirs ${version}`));
    }
    expect(hints.get('leg')).toBeUndefined();
    for (let read = 0; read < 40; read++) hints.read('leg', row('same'));
    expect(hints.get('leg')).toEqual(row('same'));
  });

  it('remember the rows that were used last', () => {
    const hints = new Hints();
    for (let leg = 0; leg <= 2_000; leg++) hints.wrote(`leg ${leg}`, row('1'));
    expect(hints.get('leg 0')).toBeUndefined();
    expect(hints.get('leg 1')).toEqual(row('1'));
  });
});
