import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Telephone } from '../fixtures/telephone.ts';

/** Tests the failures that can be switched on. */

const ANN = '+14255550123';

let telephone: Telephone;
beforeEach(async () => {
  telephone = await Telephone.start();
  telephone.person(ANN, 'no answer after 600 s');
});
afterEach(() => telephone.hangUpForGood());

const statesHeard = () => telephone.inbox.value.map(({ data }) => data['CallState']).filter(Boolean);

describe('callbacks', () => {
  it('come twice if they are doubled', async () => {
    telephone.simulator.faults({ doubled: { next: 1 } });
    const call = await telephone.call(ANN);
    await call.hangsUp();
    await call.is('Terminated');
    expect(statesHeard()).toEqual(['Establishing', 'Establishing', 'Terminating', 'Terminated']);
    expect(call.record.events[0]).toMatchObject({ faults: ['doubled'], tries: [{ status: 200 }, { status: 200 }] });
  });

  it('never come if they are dropped', async () => {
    telephone.simulator.faults({ dropped: { rate: 1, only: ['CallLegStateChanged'] } });
    telephone.person(ANN, 'answers');
    const call = await telephone.call(ANN);
    await call.hears('ParticipantsUpdated');
    expect(statesHeard()).toEqual([]);
    expect(call.record.events[0]).toMatchObject({ faults: ['dropped'], tries: [], status: null });
  });

  it('come after the next event if they are reordered', async () => {
    telephone.simulator.faults({ reordered: { next: 1 } });
    const call = await telephone.call(ANN);
    await call.hangsUp();
    await call.is('Terminated');
    expect(statesHeard()).toEqual(['Terminating', 'Establishing', 'Terminated']);
  });

  it('still come if they are reordered and no event follows', async () => {
    const call = await telephone.call(ANN);
    await call.is('Establishing');
    telephone.simulator.faults({ reordered: { rate: 1 } });
    await call.hangsUp();
    await call.is('Terminated');
    await call.is('Terminating');
    expect(statesHeard()).toEqual(['Establishing', 'Terminated', 'Terminating']);
  });

  it('come later if they are delayed, and so do the events behind them', async () => {
    telephone.simulator.faults({ delayed: { next: 1, ms: 300 } });
    const began = performance.now();
    const call = await telephone.call(ANN);
    await call.hangsUp();
    await call.is('Terminated');
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(statesHeard()).toEqual(['Establishing', 'Terminating', 'Terminated']);
  });
});

describe('requests', () => {
  it('are answered with 429 and Retry-After and not executed if they are throttled', async () => {
    telephone.simulator.faults({ throttled: { next: 1, retryAfterSeconds: 3 } });
    const { status, body, headers } = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN));
    expect([status, headers.get('retry-after')]).toEqual([429, '3']);
    expect(body).toEqual({ code: 'TooManyRequests', message: expect.any(String) });
    expect(telephone.simulator.calls().calls).toEqual([]);
    expect((await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN))).status).toBe(200);
  });

  it('are answered with 500 and not executed if they fail', async () => {
    telephone.simulator.faults({ failed: { next: 1 } });
    const { status, body } = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN));
    expect([status, body]).toEqual([500, { code: 'InternalServerError', message: expect.any(String) }]);
    expect(telephone.simulator.calls().created).toEqual({});
  });

  it('are executed and the connection is cut if the answer is lost', async () => {
    telephone.simulator.faults({ answerLost: { next: 1 } });
    await expect(telephone.signed('POST', '/calling/calls', telephone.callTo(ANN))).rejects.toThrow();
    expect(telephone.simulator.calls().created).toEqual({ [ANN]: 1 });
    expect(telephone.simulator.requests()).toMatchObject([{ operation: 'createCall', status: null }]);
    await telephone.receives(({ data }) => data['CallState'] === 'Establishing');
  });

  it('are only affected if the fault names their operation', async () => {
    telephone.simulator.faults({ failed: { rate: 1, only: ['hangUp'] } });
    const call = await telephone.call(ANN);
    expect((await telephone.signed('POST', `/calling/calls/${call.id}/Hangup`)).status).toBe(500);
    expect(call.record.operations).toMatchObject([{ operation: 'hangUp', status: 500, code: 'InternalServerError' }]);
  });

  it('are affected at random, in the same way for the same seed', async () => {
    const outcomes = async (seed: number) => {
      await telephone.hangUpForGood();
      telephone = await Telephone.start({ seed, faults: { failed: { rate: 0.5 } } });
      const statuses: number[] = [];
      for (let asked = 0; asked < 20; asked++) {
        statuses.push((await telephone.signed('POST', '/calling/calls/nobody/Hangup')).status);
      }
      return statuses;
    };
    const first = await outcomes(1);
    expect(new Set(first)).toEqual(new Set([400, 500]));
    expect(await outcomes(1)).toEqual(first);
    expect(await outcomes(2)).not.toEqual(first);
  });
});
