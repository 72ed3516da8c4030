import type { Services } from '../services.ts';
import type { Outage } from './outage.ts';
import type { Outcome } from './outcome.ts';
import type { Phase } from './recipient.ts';

/** How an outage stands: how many people are in each phase, and how those who are done ended. */
export type Summary = {
  readonly id: string;
  readonly title: string;
  readonly state: Outage['state'];
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly recipients: number;
  readonly phases: Partial<Record<Phase, number>>;
  readonly outcomes: Partial<Record<Outcome, number>>;
  readonly attempts: number;
};

/** Reads every recipient of the outage: a request for each thousand rows, and one a shard. */
export async function summarize({ recipients }: Services, outage: Outage): Promise<Summary> {
  const phases: Partial<Record<Phase, number>> = {};
  const outcomes: Partial<Record<Outcome, number>> = {};
  let total = 0;
  let attempts = 0;
  for (let shard = 0; shard < outage.shards; shard++) {
    for await (const { phase, outcome, results } of recipients.all(outage.id, shard)) {
      total++;
      attempts += results.length;
      phases[phase] = (phases[phase] ?? 0) + 1;
      if (outcome) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }
  const { id, title, state, startedAt, finishedAt } = outage;
  return { id, title, state, startedAt, finishedAt, recipients: total, phases, outcomes, attempts };
}
