import { ask } from '../api.ts';
import { State } from '../parts/state.tsx';
import { StopEverything } from '../parts/stop-everything.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { usePolled } from '../polled.ts';
import { toOutage } from '../route.ts';
import { useTitle } from '../title.ts';
import type { Listed } from '../types.ts';
import { when } from '../words.ts';

export function Outages() {
  useTitle('Outages');
  const load = (signal: AbortSignal) => ask<{ outages: Listed[] }>('outages', { signal });
  const { data, refusal, refresh } = usePolled('outages', load, 5_000);
  return (
    <>
      <div class="title">
        <h1>Outages</h1>
        <div class="buttons">
          {data && <StopEverything outages={data.outages} onChange={refresh} />}
          <a class="button main" href="#/declare">
            Declare an outage
          </a>
        </div>
      </div>
      <Trouble refusal={refusal} />
      {data && data.outages.length === 0 && (
        <p class="card empty">No outage has been declared yet. Declare one, then give it the list of people to call.</p>
      )}
      <ul class="outages">
        {data?.outages.map((outage) => (
          <li key={outage.id}>
            <a class="card" href={toOutage(outage.id)}>
              <span class="outage-title">{outage.title}</span>
              {outage.urgency === 'emergency' && <span class="emergency">Emergency</span>}
              <State state={outage.state} />
              <span class="hint">{times(outage)}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function times({ createdAt, startAt, startedAt, finishedAt, allClearFor }: Listed): string {
  const kind = allClearFor === undefined ? '' : 'all-clear · ';
  if (finishedAt) return `${kind}${when(startedAt ?? createdAt)} – ${when(finishedAt)}`;
  if (startedAt) return `${kind}since ${when(startedAt)}`;
  return startAt ? `${kind}begins ${when(startAt)}` : `${kind}declared ${when(createdAt)}`;
}
