import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { usePolled } from '../polled.ts';
import { toRecipients } from '../route.ts';
import type { Outage, Review } from '../types.ts';
import { count, people, when } from '../words.ts';
import { Problem, Trouble } from './trouble.tsx';
import { WhoTheyAre } from './who-they-are.tsx';

/** A review reads the whole list. */
const REVIEWED_EVERY_MS = 5 * 60_000;

type Props = { readonly outage: Outage; readonly onChange: () => void };

/** What launching a draft would do, and the button that launches it. */
export function Launch({ outage, onChange }: Props) {
  const path = `outages/${encodeURIComponent(outage.id)}`;
  const load = (signal: AbortSignal): Promise<Review> => ask<Review>(`${path}/review`, { signal });
  const { data: review, refusal } = usePolled(`review of ${outage.recipients} people`, load, REVIEWED_EVERY_MS);
  const [refused, setRefused] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);

  const launch = async (): Promise<void> => {
    setBusy(true);
    try {
      await ask(`${path}/launch`, { method: 'POST', body: {} });
      onChange();
    } catch (error) {
      setRefused(error instanceof Refusal ? error : new Refusal(0, String(error)));
      setBusy(false);
    }
  };

  return (
    <>
      <section class="card summary" aria-labelledby="review-title">
        <h2 id="review-title">Before anybody is called</h2>
        <Trouble refusal={refusal} />
        {review ? <Sums outage={outage} review={review} /> : !refusal && <p class="hint">Reading the list</p>}
        {refused && <Problem refusal={refused} />}
        {review && (
          <div class="buttons">
            <button type="button" class="main" disabled={isBusy || review.people === 0} onClick={launch}>
              {goOf(review)}
            </button>
          </div>
        )}
      </section>
      {review && review.people > 0 && <WhoTheyAre people={review} />}
    </>
  );
}

/** When the first call can be made. */
const firstCallAt = ({ people, heldBack, beginsAt }: Review): string =>
  heldBack?.people === people ? heldBack.from : beginsAt;

function goOf(review: Review): string {
  if (review.people === 0) return 'Nobody can be called';
  const at = firstCallAt(review);
  const isNow = Date.parse(at) < Date.now() + 60_000;
  return `Call ${people(review.people)} ${isNow ? 'now' : `from ${when(at)}`}`;
}

function Sums({ outage, review }: { readonly outage: Outage; readonly review: Review }) {
  const { optedOut, rejected, heldBack, lines, seconds, cost } = review;
  return (
    <>
      <p class="figure">
        <strong>{review.people === 0 ? 'Nobody' : count(review.people)}</strong>{' '}
        {review.people > 1 ? 'people will be called' : review.people === 1 ? 'person will be called' : 'can be called'}
      </p>
      <ul class="sums">
        {optedOut > 0 && (
          <li>
            <b>{count(optedOut)}</b> {optedOut === 1 ? 'has' : 'have'} opted out and {optedOut === 1 ? 'is' : 'are'} not
            called
          </li>
        )}
        {rejected > 0 && (
          <li>
            <b>{count(rejected)}</b> {rejected === 1 ? 'row was' : 'rows were'} not usable:{' '}
            <a href={toRecipients(outage.id)}>see the list</a>
          </li>
        )}
        <li>{heldBackOf(outage, heldBack)}</li>
        <li>
          <b>{count(lines)}</b> {lines === 1 ? 'call' : 'calls'} at once, from {numbersOf(outage)}: about{' '}
          {durationOf(seconds)} in all
        </li>
        {cost && (
          <li>
            About <b>{money(cost)}</b>
            {cost.unpriced > 0 && `, without ${people(cost.unpriced)} in countries without a price`}
          </li>
        )}
      </ul>
    </>
  );
}

function heldBackOf({ quietHours }: Outage, heldBack: Review['heldBack']) {
  if (!quietHours) return 'No quiet hours: people are called at any time of the day';
  const hours = `Quiet hours ${quietHours.from} to ${quietHours.to}, local time`;
  if (!heldBack) return `${hours}: nobody has to wait now`;
  const until = heldBack.from === heldBack.until ? '' : ` to ${when(heldBack.until)}`;
  return (
    <>
      {hours}: <b>{count(heldBack.people)}</b> {heldBack.people === 1 ? 'waits' : 'wait'} until {when(heldBack.from)}
      {until}
    </>
  );
}

const numbersOf = ({ callers }: Outage): string =>
  callers.length > 3 ? `${callers.length} numbers` : callers.map(({ number }) => number).join(', ');

function durationOf(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return minutes === 1 ? 'a minute' : `${count(minutes)} minutes`;
  return `${count(Math.ceil(minutes / 60))} hours`;
}

const money = ({ currency, amount }: NonNullable<Review['cost']>): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
