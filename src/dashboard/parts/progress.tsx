import { OUTCOME_GLOSSARY } from '../../lib/rules/calls/outcome-glossary.ts';
import { toRecipients } from '../route.ts';
import type { Outage } from '../types.ts';
import { count, people, share } from '../words.ts';

/** A bar of all people by outcome, with a legend. */
export function Progress({ outage }: { readonly outage: Outage }) {
  const { recipients, states, outcomes, id } = outage;
  const parts = OUTCOME_GLOSSARY.flatMap(({ outcome, label, means }) => {
    const people = outcomes[outcome] ?? 0;
    return people > 0 ? [{ outcome, label, means, people }] : [];
  });
  const said = parts.map(({ label, people }) => `${count(people)} ${label.toLowerCase()}`).join(', ');
  return (
    <section class="card progress" aria-labelledby="progress-title">
      <h2 id="progress-title" class="unseen">
        Progress
      </h2>
      {recipients === 0 ? (
        <p class="figure">Nobody is on the list yet. Add people, and the app calls them.</p>
      ) : (
        <p class="figure">
          <strong>{count(states.done)}</strong> of {people(recipients)} {states.done === 1 ? 'has' : 'have'} an outcome
          <span class="figure-share">{share(states.done, recipients)}</span>
        </p>
      )}
      <div
        class="bar"
        role="img"
        aria-label={`${said || 'Nobody has an outcome yet'}. ${count(states.calling)} being called, ${count(states.waiting)} waiting.`}
      >
        {parts.map(({ outcome, people }) => (
          <i key={outcome} class={`part ${outcome}`} style={{ flexGrow: people }} />
        ))}
        {states.calling > 0 && <i class="part calling" style={{ flexGrow: states.calling }} />}
        {states.waiting > 0 && <i class="part waiting" style={{ flexGrow: states.waiting }} />}
      </div>
      <ul class="legend">
        {parts.map(({ outcome, label, means, people }) => (
          <li key={outcome}>
            <a href={toRecipients(id, outcome)} title={means}>
              <i class={`dot ${outcome}`} aria-hidden="true" />
              <b>{count(people)}</b> {label}
            </a>
          </li>
        ))}
        {states.calling > 0 && (
          <li>
            <span>
              <i class="dot calling" aria-hidden="true" />
              <b>{count(states.calling)}</b> Being called
            </span>
          </li>
        )}
        {states.waiting > 0 && (
          <li>
            <span>
              <i class="dot waiting" aria-hidden="true" />
              <b>{count(states.waiting)}</b> Waiting
            </span>
          </li>
        )}
      </ul>
    </section>
  );
}
