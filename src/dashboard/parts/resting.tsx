import type { Outage } from '../types.ts';
import { when } from '../words.ts';

/** The caller numbers that are not used: those that rest, why, and what ends it; and those that no setting names. */
export function Resting({ outage: { resting = [], unusedCallers = [], pausedBecause } }: { readonly outage: Outage }) {
  if (resting.length === 0 && unusedCallers.length === 0) return null;
  return (
    <div class="problem" role="alert">
      <p>{pausedBecause === undefined ? 'Some numbers are not called from now.' : 'Paused: nobody can be called.'}</p>
      <ul>
        {resting.map(({ number, since, because, probeAt }) => (
          <li key={number}>
            {number} rests since {when(since)}: {because}. Next probe call: {when(probeAt)}.
          </li>
        ))}
        {unusedCallers.map(({ number, lines }) => (
          <li key={`${number} unused`}>
            {number}: {lines} {lines === 1 ? 'line is' : 'lines are'} not used. CALLER_NUMBERS does not name{' '}
            {lines === 1 ? 'it' : 'them'} any more.
          </li>
        ))}
      </ul>
      {resting.length > 0 && (
        <p>The first call that reaches somebody ends the rest. If you have mended the reason, use Resume.</p>
      )}
    </div>
  );
}
