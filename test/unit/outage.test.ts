import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/lib/base/errors.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { begun, hasExpired, Outage, OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { MemoryWorld, outageWith } from './support/memory-services.ts';

const NOW = new Date('2026-01-05T08:00:00.000Z');
const whole = { title: 'Storm', script: { message: 'https://audio.example/message.wav' } };

describe('an outage', () => {
  it('begins at once if it has no start time', () => {
    expect(begun(outageWith(), NOW)).toMatchObject({ state: 'running', startedAt: NOW.toISOString() });
  });

  it('begins at its start time, not before', () => {
    const outage = outageWith({ startAt: '2026-01-05T08:00:00.001Z' });
    expect(begun(outage, NOW)).toBe(outage);
    expect(begun(outage, new Date('2026-01-05T08:00:00.001Z')).state).toBe('running');
  });

  it('begins once: a running or finished outage stays as it is', () => {
    for (const state of ['running', 'finished'] as const) {
      const outage = { ...outageWith(), state };
      expect(begun(outage, NOW)).toBe(outage);
    }
  });

  it('expires at its expiry time, and never without one', () => {
    expect(hasExpired(outageWith({ expiresAt: NOW.toISOString() }), NOW)).toBe(true);
    expect(hasExpired(outageWith({ expiresAt: '2026-01-05T08:00:00.001Z' }), NOW)).toBe(false);
    expect(hasExpired(outageWith(), new Date('2999-01-01T00:00:00Z'))).toBe(false);
  });
});

describe('declaring an outage', () => {
  it('needs little more than a message', () => {
    expect(OutageSpec.parse(whole)).toMatchObject({
      retry: { maxAttempts: 3, delaySeconds: { busy: 120, noAnswer: 600, failed: 300, unknown: 300 } },
      defaultCountry: 'US',
      shards: 4,
      script: { replays: 1, keyWaitSeconds: 5, keys: { acknowledge: '1', operator: '2', optOut: '9', replay: '*' } },
    });
  });

  it.each([
    ['title', { title: '' }],
    ['script', { script: undefined }],
    ['script.message', { script: { message: 'message.wav' } }],
    ['script.message', { script: { message: 'file:///etc/passwd' } }],
    ['script.replays', { script: { ...whole.script, replays: 10 } }],
    ['script.keys', { script: { ...whole.script, keys: { acknowledge: '1', operator: '1' } } }],
    ['script.keys.acknowledge', { script: { ...whole.script, keys: { acknowledge: 'one' } } }],
    ['script.operators.0', { script: { ...whole.script, operators: [{}] } }],
    ['callers.0.number', { callers: [{ number: '425 555 0100' }] }],
    ['callers.0.lines', { callers: [{ number: '+14255550100', lines: 0 }] }],
    ['retry.maxAttempts', { retry: { maxAttempts: 0 } }],
    ['retry.delaySeconds.busy', { retry: { delaySeconds: { busy: -1 } } }],
    ['defaultCountry', { defaultCountry: 'UK' }],
    ['startAt', { startAt: 'tomorrow' }],
    ['shards', { shards: 0 }],
    ['id', { id: 'storm/1' }],
    ['colour', { colour: 'red' }],
  ])('with an invalid %s is refused, and the error names it', async (field, wrong) => {
    const refused = declareOutage(new MemoryWorld().services, { ...whole, ...wrong });
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toMatchObject({
      problems: [expect.stringMatching(new RegExp(`^${field}: |"${field}"$`))],
    });
  });

  it.each([
    [
      'before it starts',
      { startAt: '2031-01-02T00:00:00Z', expiresAt: '2031-01-01T00:00:00Z' },
      'must be after startAt',
    ],
    [
      'when it starts',
      { startAt: '2031-01-01T02:00:00+02:00', expiresAt: '2031-01-01T00:00:00Z' },
      'must be after startAt',
    ],
    ['in the past', { startAt: '2020-01-01T00:00:00Z', expiresAt: '2020-01-02T00:00:00Z' }, 'must be after now'],
    ['now', { expiresAt: '2026-01-05T09:00:00+01:00' }, 'must be after now'],
  ])('that ends %s is refused', async (_, times, problem) => {
    const { services } = new MemoryWorld();
    await expect(declareOutage(services, { ...whole, ...times })).rejects.toMatchObject({
      problems: [expect.stringContaining(`expiresAt: ${problem}`)],
    });
  });

  it('may give its times with an offset', async () => {
    const times = { startAt: '2031-01-01T00:00:00+02:00', expiresAt: '2030-12-31T23:00:00Z' };
    const { outage } = await declareOutage(new MemoryWorld().services, { ...whole, ...times });
    expect(outage).toMatchObject(times);
  });

  it('again after it expired gets the same answer as before', async () => {
    const world = new MemoryWorld();
    const brief = { ...whole, id: 'brief', expiresAt: '2026-01-05T09:00:00Z' };
    expect((await declareOutage(world.services, brief)).isNew).toBe(true);
    world.passes(7_200);
    expect((await declareOutage(world.services, brief)).isNew).toBe(false);
  });

  it('takes only time zones with one meaning for its quiet hours', async () => {
    const quiet = (timeZone: string) => ({ ...whole, quietHours: { from: '21:00', to: '08:00', timeZone } });
    await expect(declareOutage(new MemoryWorld().services, quiet('BST'))).rejects.toThrow(
      'quietHours.timeZone: BST is an abbreviation',
    );
    const { outage } = await declareOutage(new MemoryWorld().services, quiet('+01:00'));
    expect(outage.quietHours?.timeZone).toBe('UTC+1');
  });

  it('that was stored with what would be refused today can still be read', () => {
    const stored = {
      ...outageWith(),
      defaultCountry: 'UK',
      quietHours: { from: '21:00', to: '08:00', timeZone: 'EST' },
    };
    expect(Outage.parse(stored)).toMatchObject({ defaultCountry: 'UK' });
  });

  it('shows the example of a number unmasked in what it refuses', async () => {
    const refused = declareOutage(new MemoryWorld().services, { ...whole, callers: [{ number: '425 555 0100' }] });
    await expect(refused).rejects.toThrow('must be a phone number in E.164 form, e.g. +14255550123');
  });

  it('with texts is refused if the service cannot speak, and each text is named', async () => {
    const text = { text: 'The power is out', voice: 'en-US-JennyNeural' };
    const spoken = {
      ...whole,
      script: { message: text, thanks: 'https://audio.example/thanks.wav', unavailable: text },
    };
    const { services } = new MemoryWorld();
    await expect(declareOutage(services, spoken)).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^script\.message: must be the URL of an audio file: .*CALL_AUTOMATION_API=ga/),
        expect.stringMatching(/^script\.unavailable: /),
      ],
    });
    const speaking = { ...services, calls: { ...services.calls, speaks: true } };
    expect((await declareOutage(speaking, spoken)).outage.script.message).toEqual(text);
  });

  it('uses CALLER_NUMBERS if it names no callers, and makes lines for them', async () => {
    const { services } = new MemoryWorld();
    const { outage, isNew } = await declareOutage(services, { ...whole, id: 'storm' });
    expect({ isNew, callers: outage.callers, state: outage.state }).toEqual({
      isNew: true,
      callers: [{ number: '+14255550190', lines: 2 }],
      state: 'draft',
    });
    expect((await services.lines.list()).map(({ number, index }) => `${number} ${index}`)).toEqual([
      '+14255550190 0',
      '+14255550190 1',
    ]);
  });

  it('twice with one id declares it once', async () => {
    const { services } = new MemoryWorld();
    await declareOutage(services, { ...whole, id: 'storm' });
    expect(await declareOutage(services, { ...whole, id: 'storm' })).toMatchObject({ isNew: false });
  });

  it('differently with an existing id is refused: the first one stays', async () => {
    const { services } = new MemoryWorld();
    await declareOutage(services, { ...whole, id: 'storm' });
    const again = declareOutage(services, { ...whole, id: 'storm', title: 'Another' });
    await expect(again).rejects.toThrow('with another declaration');
    expect((await services.outages.read('storm')).outage).toMatchObject({ title: 'Storm' });
  });

  it('without an id makes a unique one', async () => {
    const { services } = new MemoryWorld();
    const [a, b] = [await declareOutage(services, whole), await declareOutage(services, whole)];
    expect(a.outage.id).not.toBe(b.outage.id);
  });
});
