import type { Outage } from '../types.ts';
import { count, when } from '../words.ts';

/** Up to this many lines are drawn one by one. */
const DRAWN = 64;

/** Calls in progress against lines, and the forecast of the end. */
export function Figures({ outage }: { readonly outage: Outage }) {
  const { callsInFlight, lines, forecast, attempts, state, finishedAt } = outage;
  return (
    <div class="figures">
      <section class="card figure-card" aria-labelledby="lines-title">
        <h2 id="lines-title">Calls in flight</h2>
        <p class="number">
          {count(callsInFlight)} <small>of {count(lines)} lines</small>
        </p>
        {lines <= DRAWN ? (
          <div class="lines" aria-hidden="true">
            {[...Array(lines).keys()].map((line) => (
              <i key={line} class={line < callsInFlight ? 'used' : ''} />
            ))}
          </div>
        ) : (
          <progress max={lines} value={callsInFlight} aria-label="Lines in use" />
        )}
      </section>
      <section class="card figure-card" aria-labelledby="forecast-title">
        <h2 id="forecast-title">{finishedAt ? 'Ended' : 'Ends about'}</h2>
        <p class="number">{finishedAt ? when(finishedAt) : forecast ? when(forecast.endsAt) : '–'}</p>
        <p class="hint">{pace(outage)}</p>
      </section>
      <section class="card figure-card" aria-labelledby="attempts-title">
        <h2 id="attempts-title">Calls made</h2>
        <p class="number">{count(attempts)}</p>
        <p class="hint">{state === 'scheduled' ? 'It has not started.' : 'including retries'}</p>
      </section>
    </div>
  );
}

function pace({ forecast, finishedAt, state }: Outage): string {
  if (finishedAt) return 'everybody has an outcome';
  if (state === 'paused') return 'paused: nobody new is called';
  if (!forecast) return 'too early to tell';
  return `${count(Math.round(forecast.perMinute))} people a minute`;
}
