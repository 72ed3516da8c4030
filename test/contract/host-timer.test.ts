import { afterEach, expect, it } from 'vitest';
import { type FixtureHost, startFixture } from './fixtures-host/process.ts';

const hosts: FixtureHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

async function startTimer(env: Record<string, string>): Promise<FixtureHost> {
  const host = await startFixture({ env });
  hosts.push(host);
  return host;
}

const onceAYear = '0 0 0 1 1 *';

it('a timer runs on its schedule, even after its function throws', async () => {
  const host = await startTimer({ FIXTURE_TIMER: '* * * * * *' });
  const ticks = await host.events.until('tick', 3);
  for (const tick of ticks) {
    expect(tick).toMatchObject({
      timer: {
        isPastDue: false,
        schedule: { adjustForDST: true },
        scheduleStatus: { last: expect.any(String), lastUpdated: expect.any(String), next: expect.any(String) },
      },
    });
  }
  // The starts of three seconds are two seconds apart. The first may be late on a busy machine.
  expect(Number(ticks[2]?.at) - Number(ticks[0]?.at)).toBeGreaterThan(1_000);
  expect(host.stderrTail()).toContain('every tick fails');
});

it('runs never overlap, and occurrences missed during a run become one run right after it', async () => {
  const host = await startTimer({ FIXTURE_TIMER: '* * * * * *', FIXTURE_TIMER_TAKES: '2300' });
  const starts = await host.events.until('tick', 3);
  const ends = host.events.named('tick-end');
  expect(host.events.all.map(({ event }) => event).filter((event) => event.startsWith('tick'))).toEqual([
    'tick',
    'tick-end',
    'tick',
    'tick-end',
    'tick',
  ]);
  expect(Number(starts[1]?.at) - Number(ends[0]?.at)).toBeLessThan(500);
  expect(Number(starts[2]?.at) - Number(ends[1]?.at)).toBeLessThan(500);
});

it('a timer with runOnStartup runs at start', async () => {
  const host = await startTimer({ FIXTURE_TIMER: onceAYear, FIXTURE_TIMER_AT_START: '1' });
  expect(await host.events.until('tick')).toHaveLength(1);
});

it('a timer without runOnStartup does not run at start, but can run by hand', async () => {
  const host = await startTimer({ FIXTURE_TIMER: onceAYear });
  expect(host.functions).toContainEqual({ name: 'tick', trigger: 'timer', schedule: onceAYear });
  expect(host.events.named('tick')).toEqual([]);
  const init = { method: 'POST', headers: { 'x-functions-key': 'local-admin' } };
  expect((await fetch(`${host.url}/admin/functions/tick`, init)).status).toBe(202);
  const [tick] = await host.events.until('tick');
  expect(tick).toMatchObject({
    timer: { scheduleStatus: { next: expect.stringMatching(/-01-01T00:00:00\.000\+00:00$/) } },
  });
});

it.each(['*/5 * * * *', '00:05:00', '0 0 0 L * *', 'every minute'])(
  'the host rejects the schedule %s',
  async (schedule) => {
    await expect(startTimer({ FIXTURE_TIMER: schedule })).rejects.toThrow(`"${schedule}" is not a six-field NCRONTAB`);
  },
);
