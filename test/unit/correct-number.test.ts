import { describe, expect, it } from 'vitest';
import { NotAllowedError, StorageError } from '../../src/lib/base/errors.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { addPerson, correctPerson } from '../../src/lib/outages/people.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { shardOf, shardsOf } from '../../src/lib/rules/outages/shard.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { MemoryWorld } from './support/memory-services.ts';

/** Somebody's number is corrected: they are another recipient then, because a recipient is named by the number. */

const OLD = '+14255550121';
const NEW = '+14255550122';
const idOf = (value: string) => recipientIdOf({ phoneNumber: { value } });

class Town extends MemoryWorld {
  static async with(person: object = { phone: OLD, name: 'Ada' }, spec: Partial<OutageSpec> = {}) {
    const town = new Town();
    await town.outage({ shards: 3, ...spec });
    await town.add(person);
    return town;
  }

  add = async (person: object) => addPerson(this.services, await this.services.outages.read('storm'), person);

  correct = async (patch: object, number = OLD): Promise<Recipient> =>
    correctPerson(this.services, await this.services.outages.read('storm'), idOf(number), patch);

  async person(number: string): Promise<Recipient | undefined> {
    const recipientId = idOf(number);
    const { outage } = await this.services.outages.read('storm');
    return (await this.services.recipients.find({ ...shardOf(outage, recipientId), recipientId }))?.recipient;
  }

  /** The numbers that are due now. */
  async due(): Promise<string[]> {
    const { outage } = await this.services.outages.read('storm');
    const rows = await Promise.all(shardsOf(outage).map((shard) => this.services.recipients.due(shard, 'waiting', 9)));
    const due = rows.flat().filter(({ at }) => at <= this.now);
    return [OLD, NEW].filter((number) => due.some(({ recipientId }) => recipientId === idOf(number)));
  }

  async ends(number: string, outcome: 'failed' | 'heard' | 'optedOut'): Promise<void> {
    await tendOutages(this.services);
    const recipientId = idOf(number);
    const { outage } = await this.services.outages.read('storm');
    await concludeAttempt(this.services, { ...shardOf(outage, recipientId), recipientId, attempt: 1 }, { outcome });
  }
}

describe('the number of a person', () => {
  it('is corrected: they are called at the new one and not at the old one, and all else stays', async () => {
    const town = await Town.with({ phone: OLD, name: 'Ada', timeZone: 'UTC', house: '12' });
    const after = await town.correct({ phone: '(425) 555-0122', name: 'Adam' });
    expect(after).toMatchObject({
      recipientId: idOf(NEW),
      identifier: { phoneNumber: { value: NEW } },
      name: 'Adam',
      timeZone: 'UTC',
      extra: { house: '12' },
      phase: 'waiting',
    });
    expect(await town.person(OLD)).toBeUndefined();
    expect(await town.due()).toEqual([NEW]);
    const { outage } = await town.services.outages.read('storm');
    expect(await viewOutage(town.services, outage)).toMatchObject({ recipients: 1, states: { waiting: 1 } });
  });

  it('that is the same in another form changes nothing else', async () => {
    const town = await Town.with();
    expect(await town.correct({ phone: '425-555-0121', name: 'Adam' })).toMatchObject({
      recipientId: idOf(OLD),
      name: 'Adam',
    });
  });

  it.each([
    ['phone: has letters', { phone: 'none' }],
    ['phone: is a premium-rate number', { phone: '+19005550123' }],
    ['phone: is one of our own', { phone: '+14255550190' }],
  ])('is refused with the reason: %s', async (reason, patch) => {
    const town = await Town.with();
    await expect(town.correct(patch)).rejects.toThrow(reason);
    expect(await town.due()).toEqual([OLD]);
  });

  it('is not corrected to one that is on the list already', async () => {
    const town = await Town.with();
    await town.add({ phone: NEW, name: 'Bob' });
    await expect(town.correct({ phone: NEW })).rejects.toThrow('on the list already');
    expect(await town.due()).toEqual([OLD, NEW]);
  });

  it('is not corrected while they are being called, nor after they were told or opted out', async () => {
    const calling = await Town.with();
    await tendOutages(calling.services);
    await expect(calling.correct({ phone: NEW })).rejects.toThrow('is being called');
    for (const [outcome, reason] of [
      ['heard', 'has been told'],
      ['optedOut', 'has opted out'],
    ] as const) {
      const town = await Town.with();
      await town.ends(OLD, outcome);
      await expect(town.correct({ phone: NEW })).rejects.toThrow(reason);
      expect(await town.person(NEW)).toBeUndefined();
    }
  });

  it('after a call that failed stays on record without further calls, and the new one is called', async () => {
    const town = await Town.with(
      { phone: OLD, name: 'Ada' },
      { retry: { maxAttempts: 3, delaySeconds: { failed: 60 } } },
    );
    await town.ends(OLD, 'failed');
    expect(await town.person(OLD)).toMatchObject({ phase: 'waiting' });
    await town.correct({ phone: NEW });
    expect(await town.person(OLD)).toMatchObject({ phase: 'done', outcome: 'failed' });
    expect(await town.due()).toEqual([NEW]);
  });

  it('of the last person who had no outcome is corrected after the outage has finished, which starts again', async () => {
    const town = await Town.with({ phone: OLD, name: 'Ada' }, { retry: { maxAttempts: 1, delaySeconds: {} } });
    await town.ends(OLD, 'failed');
    await tendOutages(town.services);
    expect((await town.services.outages.read('storm')).outage.state).toBe('finished');
    await town.correct({ phone: NEW });
    expect((await town.services.outages.read('storm')).outage.state).toBe('running');
    expect(await town.due()).toEqual([NEW]);
  });

  it('is not corrected in an outage that was cancelled', async () => {
    const town = await Town.with();
    const stored = await town.services.outages.read('storm');
    await town.services.outages.save(stored, { ...stored.outage, state: 'cancelling' });
    await expect(town.correct({ phone: NEW })).rejects.toThrow(NotAllowedError);
  });
});

describe('a correction that dies', () => {
  /** The nth write to the list from now on gets no answer, and none after it. */
  function diesAt(town: Town, write: 'add' | 'removeAll'): () => void {
    const { recipients, backlog } = town.services;
    const fails = () => Promise.reject(new StorageError('no answer'));
    if (write === 'add') recipients.add = fails;
    else backlog.removeAll = fails;
    return () => {
      Reflect.deleteProperty(recipients, 'add');
      Reflect.deleteProperty(backlog, 'removeAll');
    };
  }

  it('before the new number is added loses nobody: the old one is called some minutes later', async () => {
    const town = await Town.with();
    diesAt(town, 'add');
    await expect(town.correct({ phone: NEW })).rejects.toThrow('no answer');
    expect(await town.due()).toEqual([]);
    town.passes(300);
    expect(await town.due()).toEqual([OLD]);
  });

  it('before the old number is taken off calls only the new one for some minutes, and is completed by a repetition', async () => {
    const town = await Town.with();
    const mended = diesAt(town, 'removeAll');
    await expect(town.correct({ phone: NEW })).rejects.toThrow('no answer');
    expect(await town.due()).toEqual([NEW]);
    mended();
    expect(await town.correct({ phone: NEW })).toMatchObject({ recipientId: idOf(NEW) });
    town.passes(300);
    expect(await town.due()).toEqual([NEW]);
  });

  it('is completed by a repetition although the new number is being called by then', async () => {
    const town = await Town.with();
    const mended = diesAt(town, 'removeAll');
    await expect(town.correct({ phone: NEW })).rejects.toThrow('no answer');
    await tendOutages(town.services);
    expect(await town.person(NEW)).toMatchObject({ phase: 'dispatched' });
    mended();
    await town.correct({ phone: NEW });
    expect(await town.person(OLD)).toBeUndefined();
  });

  it('is undone if somebody else takes the person off meanwhile', async () => {
    const town = await Town.with();
    const { backlog } = town.services;
    const removeAll = backlog.removeAll.bind(backlog);
    backlog.removeAll = async (...removal) => {
      backlog.removeAll = removeAll;
      await removeAll(...removal);
      return removeAll(...removal);
    };
    await expect(town.correct({ phone: NEW })).rejects.toThrow('meanwhile');
    expect(await town.person(NEW)).toBeUndefined();
  });
});
