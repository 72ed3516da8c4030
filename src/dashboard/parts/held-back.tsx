import { toRecipients } from '../route.ts';
import type { Outage } from '../types.ts';
import { HELD_BACK, LIMITS, people, SPENT_UP, when } from '../words.ts';

/** Whom a limit holds back, and why. They are called later. */
export function HeldBack({ outage: { id, heldBack } }: { readonly outage: Outage }) {
  const reasons = LIMITS.filter((because) => heldBack[because]);
  if (reasons.length === 0) return null;
  return (
    <section class="card" aria-labelledby="held-back-title">
      <h2 id="held-back-title">Held back, and called later</h2>
      <ul>
        {reasons.map((because) => (
          <li key={because}>
            {people(heldBack[because] ?? 0)}: {HELD_BACK[because]}
          </li>
        ))}
      </ul>
      <p>
        <a href={toRecipients(id)}>The list</a> says who, and until when.
      </p>
    </section>
  );
}

/** Why nobody new is called today. */
export function SpentUp({ outage: { spendHold } }: { readonly outage: Outage }) {
  if (!spendHold) return null;
  return (
    <div class="problem" role="alert">
      <p>
        Nobody new is called before {when(spendHold.until)}: {SPENT_UP[spendHold.because]}. Only emergencies go on.
      </p>
    </div>
  );
}
