import type { Outage } from '../types.ts';
import { when } from '../words.ts';

/** The caller numbers that rest, why, and what ends it. */
export function Resting({ outage: { resting = [], pausedBecause } }: { readonly outage: Outage }) {
  if (resting.length === 0) return null;
  return (
    <div class="problem" role="alert">
      <p>{pausedBecause === undefined ? 'Some numbers are not called from now.' : 'Paused: nobody can be called.'}</p>
      <ul>
        {resting.map(({ number, since, because, probeAt }) => (
          <li key={number}>
            {number} rests since {when(since)}: {because}. Next probe call: {when(probeAt)}.
          </li>
        ))}
      </ul>
      <p>The first call that reaches somebody ends the rest. If you have mended the reason, use Resume.</p>
    </div>
  );
}
