import { ask } from '../api.ts';
import { choose } from '../chosen-file.ts';
import { Actions } from '../parts/actions.tsx';
import { ActivityChart } from '../parts/activity.tsx';
import { LatestCalls } from '../parts/calls.tsx';
import { Figures } from '../parts/figures.tsx';
import { HeldBack, SpentUp } from '../parts/held-back.tsx';
import { Launch } from '../parts/launch.tsx';
import { ListFile } from '../parts/list-file.tsx';
import { Progress } from '../parts/progress.tsx';
import { Resting } from '../parts/resting.tsx';
import { State } from '../parts/state.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { usePolled } from '../polled.ts';
import { toAddPeople, toOutage, toRecipients } from '../route.ts';
import { useTitle } from '../title.ts';
import type { Activity, Calls, Outage, Sound } from '../types.ts';
import { people, STATES, toldIn, when } from '../words.ts';

/** One outage, updated while it runs. */
export function OutageView({ id }: { readonly id: string }) {
  const path = `outages/${encodeURIComponent(id)}`;
  const { data: outage, refusal, refresh } = usePolled(path, (signal) => ask<Outage>(path, { signal }));
  const { data: activity } = usePolled(
    `${path} activity`,
    (signal) => ask<Activity>(`${path}/activity`, { signal }),
    5_000,
  );
  const { data: calls } = usePolled(`${path} calls`, (signal) => ask<Calls>(`${path}/calls`, { signal }));
  useTitle(outage ? `${STATES[outage.state]}: ${outage.title}` : 'Outage');
  if (!outage) return <Trouble refusal={refusal} />;
  const isEmpty = outage.recipients === 0;
  const isDraft = outage.state === 'draft';
  const hasBegun = !isEmpty && !isDraft;
  const check = (file: File): void => {
    choose(id, file);
    location.assign(toAddPeople(id));
  };
  return (
    <>
      <div class="title">
        <div>
          <h1>{outage.title}</h1>
          <p class="hint">{facts(outage)}</p>
        </div>
        {/* The one news that is worth interrupting for. */}
        <div role="status">
          <State state={outage.state} />
        </div>
      </div>
      <Related outage={outage} />
      <Trouble refusal={refusal} />
      <Resting outage={outage} />
      <SpentUp outage={outage} />
      <HeldBack outage={outage} />
      <Actions outage={outage} onChange={refresh} />
      {isDraft ? !isEmpty && <Launch outage={outage} onChange={refresh} /> : <Progress outage={outage} />}
      {hasBegun && <Figures outage={outage} />}
      <div class="columns">
        <div>
          {hasBegun && <ActivityChart minutes={activity?.minutes ?? []} />}
          <section class="card" aria-labelledby="people-title">
            <h2 id="people-title">People</h2>
            {isDraft && isEmpty && <p class="hint">Nobody is on the list yet. Add people, then review and launch.</p>}
            {outage.waitsForList && <p class="hint">Nobody is on the list yet. Calls begin when people are added.</p>}
            {!isEmpty && <a href={toRecipients(id)}>Everybody on the list, with outcome and attempts</a>}
            {outage.actions.includes('upload') && <ListFile onFile={check} />}
          </section>
        </div>
        {hasBegun && <LatestCalls outageId={id} calls={calls} />}
      </div>
    </>
  );
}

function facts({ urgency, startedAt, startAt, createdAt, expiresAt, estimate, script }: Outage): string {
  const begun = startedAt
    ? `Since ${when(startedAt)}`
    : startAt
      ? `Begins ${when(startAt)}`
      : `Declared ${when(createdAt)}`;
  return [
    urgency === 'emergency' && 'Emergency: past the daily limits',
    begun,
    estimate && `estimate: ${estimate}`,
    expiresAt && `nobody is called after ${when(expiresAt)}`,
    said(script.message),
  ]
    .filter(Boolean)
    .join(' · ');
}

const said = (sound: Sound): string =>
  typeof sound === 'string' ? `plays ${sound.split('/').at(-1)}` : `says “${sound.text}”`;

function Related({ outage }: { readonly outage: Outage }) {
  const { allClearFor, allClearBy, state } = outage;
  if (allClearFor) {
    return (
      <p class="related">
        The all-clear for <a href={toOutage(allClearFor)}>this outage</a>.
      </p>
    );
  }
  if (!allClearBy) return null;
  if (state !== 'restored')
    return <p class="related">Everybody who was told is being added to the list of the all-clear.</p>;
  const told = toldIn(outage);
  if (told === 0) return <p class="related">Nobody was told, so the all-clear calls nobody.</p>;
  return (
    <p class="related">
      {people(told)} heard about the outage and will get <a href={toOutage(allClearBy)}>the all-clear</a>.
    </p>
  );
}
