import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Telephone } from '../fixtures/telephone.ts';

/** Things that go wrong because somebody asked for it. */

const ANN = '+14255550123';

let telephone: Telephone;
beforeEach(async () => {
  telephone = await Telephone.start();
  telephone.person(ANN, 'no answer after 600 s');
});
afterEach(() => telephone.hangUpForGood());

const statesHeard = () => telephone.inbox.value.map(({ data }) => data['CallState']).filter(Boolean);

describe('callbacks', () => {
  it('doubled: come twice', async () => {
    telephone.simulator.faults({ doubled: { next: 1 } });
    const call = await telephone.call(ANN);
    await call.hangsUp();
    await call.is('Terminated');
    expect(statesHeard()).toEqual(['Establishing', 'Establishing', 'Terminating', 'Terminated']);
    expect(call.record.events[0]).toMatchObject({ faults: ['doubled'], tries: [{ status: 200 }, { status: 200 }] });
  });

  it('dropped: never come', async () => {
    telephone.simulator.faults({ dropped: { rate: 1, only: ['CallLegStateChanged'] } });
    telephone.person(ANN, 'answers');
    const call = await telephone.call(ANN);
    await call.hears('ParticipantsUpdated');
    expect(statesHeard()).toEqual([]);
    expect(call.record.events[0]).toMatchObject({ faults: ['dropped'], tries: [], status: null });
  });

  it('reordered: come after the next', async () => {
    telephone.simulator.faults({ reordered: { next: 1 } });
    const call = await telephone.call(ANN);
    await call.hangsUp();
    await call.is('Terminated');
    expect(statesHeard()).toEqual(['Terminating', 'Establishing', 'Terminated']);
  });

  it('reordered: the last one comes all the same', async () => {
    const call = await telephone.call(ANN);
    await call.is('Establishing');
    telephone.simulator.faults({ reordered: { rate: 1 } });
    await call.hangsUp();
    await call.is('Terminated');
    await call.is('Terminating');
    expect(statesHeard()).toEqual(['Establishing', 'Terminated', 'Terminating']);
  });

  it('delayed: come later, and those behind them too', async () => {
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
  it('throttled: 429 with Retry-After, and nothing is done', async () => {
    telephone.simulator.faults({ throttled: { next: 1, retryAfterSeconds: 3 } });
    const { status, body, headers } = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN));
    expect([status, headers.get('retry-after')]).toEqual([429, '3']);
    expect(body).toEqual({ code: 'TooManyRequests', message: expect.any(String) });
    expect(telephone.simulator.calls().calls).toEqual([]);
    expect((await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN))).status).toBe(200);
  });

  it('failed: 500, and nothing is done', async () => {
    telephone.simulator.faults({ failed: { next: 1 } });
    const { status, body } = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN));
    expect([status, body]).toEqual([500, { code: 'InternalServerError', message: expect.any(String) }]);
    expect(telephone.simulator.calls().created).toEqual({});
  });

  it('with the answer lost: it is done, and the connection cut', async () => {
    telephone.simulator.faults({ answerLost: { next: 1 } });
    await expect(telephone.signed('POST', '/calling/calls', telephone.callTo(ANN))).rejects.toThrow();
    expect(telephone.simulator.calls().created).toEqual({ [ANN]: 1 });
    expect(telephone.simulator.requests()).toMatchObject([{ operation: 'createCall', status: null }]);
    await telephone.receives(({ data }) => data['CallState'] === 'Establishing');
  });

  it('only of the operations named', async () => {
    telephone.simulator.faults({ failed: { rate: 1, only: ['hangUp'] } });
    const call = await telephone.call(ANN);
    expect((await telephone.signed('POST', `/calling/calls/${call.id}/Hangup`)).status).toBe(500);
    expect(call.record.operations).toMatchObject([{ operation: 'hangUp', status: 500, code: 'InternalServerError' }]);
  });

  it('by chance, the same again for the same seed', async () => {
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
