import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IdleTime } from '../../src/lib/telemetry/start.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const idle = new IdleTime();
  const invocation = async (ms: number) => {
    idle.begin();
    await vi.advanceTimersByTimeAsync(ms);
    idle.end();
  };
  return { idle, invocation };
}

it('idle time does not come before the first answer, nor within three seconds after it', async () => {
  const { idle, invocation } = watched();
  await vi.advanceTimersByTimeAsync(60_000);
  await invocation(1_000);
  await vi.advanceTimersByTimeAsync(2_900);
  expect(idle.isReached).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(idle.isReached).toBe(true);
});

it('it waits for what runs, but not for ever', async () => {
  const { idle, invocation } = watched();
  await invocation(10);
  idle.begin();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(idle.isReached).toBe(false);
  idle.end();
  await vi.advanceTimersByTimeAsync(300);
  expect(idle.isReached).toBe(true);
});

it('it comes after twenty seconds to an app that always has something to do', async () => {
  const { idle, invocation } = watched();
  for (let time = 0; time < 19_000; time += 100) await invocation(100);
  expect(idle.isReached).toBe(false);
  for (let time = 0; time < 2_000; time += 100) await invocation(100);
  await vi.advanceTimersByTimeAsync(0);
  expect(idle.isReached).toBe(true);
});
