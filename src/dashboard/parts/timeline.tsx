import { ask } from '../api.ts';
import { usePolled } from '../polled.ts';
import type { Timeline } from '../types.ts';
import { nameOf, toTheSecond } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { Trouble } from './trouble.tsx';

type Props = {
  readonly outageId: string;
  readonly callLegId: string;
  readonly who: string;
  readonly onClose: () => void;
};

/** The events and actions of one call, updated while it is in progress. */
export function TimelineDialog({ outageId, callLegId, who, onClose }: Props) {
  const path = `outages/${encodeURIComponent(outageId)}/calls/${encodeURIComponent(callLegId)}`;
  const { data, refusal } = usePolled(path, (signal) => ask<Timeline>(path, { signal }));
  const [first] = data?.timeline ?? [];
  return (
    <Dialog title={`Call to ${who}`} onClose={onClose} wide>
      <Trouble refusal={refusal} />
      {data && (
        <>
          <p>
            {data.outcome ? <b>{nameOf(data.outcome)}</b> : 'In progress'}
            {data.reason && ` (${data.reason})`}
            {data.codes && `, ${data.codes}`}
            {first && `, from ${toTheSecond(first.at)}`}
          </p>
          <ol class="timeline">
            {data.timeline.map(({ at, kind, name, detail, status }, index) => (
              <li key={`${at} ${index}`} class={kind}>
                <time dateTime={at}>{first && offset(first.at, at)}</time>
                <span>
                  <b>{name}</b> {detail} {status && status !== 'done' && <i>({status})</i>}
                </span>
              </li>
            ))}
          </ol>
          <p class="hint">Call leg {data.callLegId}</p>
        </>
      )}
    </Dialog>
  );
}

const offset = (from: string, at: string): string => `+${((Date.parse(at) - Date.parse(from)) / 1000).toFixed(2)} s`;
