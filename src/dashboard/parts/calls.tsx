import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Calls, Ended, InFlight } from '../types.ts';
import { nameOf, toTheSecond, whose } from '../words.ts';
import { TimelineDialog } from './timeline.tsx';

/** The calls in progress and the latest calls that ended. Each opens its timeline. */
export function LatestCalls({ outageId, calls }: { readonly outageId: string; readonly calls: Calls | undefined }) {
  const [opened, setOpened] = useState<{ callLegId: string; who: string }>();
  const open = (call: InFlight | Ended) => {
    const { callLegId } = call;
    return callLegId === undefined ? undefined : () => setOpened({ callLegId, who: whose(call) });
  };
  const isEmpty = calls && calls.inFlight.length + calls.latest.length === 0;
  return (
    <section class="card" aria-labelledby="calls-title">
      <h2 id="calls-title">Calls</h2>
      {isEmpty && <p class="empty">Nobody has been called yet.</p>}
      <ul class="calls">
        {calls?.inFlight.map((call) => (
          <Row key={`${call.recipientId} ${call.attempt}`} who={whose(call)} open={open(call)}>
            <span class="mark-of calling">{call.callLegId ? 'In a call' : 'Dialling'}</span>
            <Attempt attempt={call.attempt} />
            <time>{call.since && toTheSecond(call.since)}</time>
          </Row>
        ))}
        {calls?.latest.map((call) => (
          <Row key={`${call.recipientId} ${call.attempt} ended`} who={whose(call)} open={open(call)}>
            <span class="mark-of">
              <i class={`dot ${call.outcome}`} aria-hidden="true" />
              {nameOf(call.outcome)}
            </span>
            <Attempt attempt={call.attempt} />
            <time dateTime={call.at}>{toTheSecond(call.at)}</time>
          </Row>
        ))}
      </ul>
      {opened && <TimelineDialog outageId={outageId} {...opened} onClose={() => setOpened(undefined)} />}
    </section>
  );
}

type RowProps = { readonly who: string; readonly open: (() => void) | undefined; readonly children: ComponentChildren };

/** A call without a call leg id has no timeline yet. */
function Row({ who, open, children }: RowProps) {
  const content = (
    <>
      <span class="who">{who}</span>
      {children}
    </>
  );
  return (
    <li>
      {open ? (
        <button type="button" class="row" onClick={open}>
          {content}
        </button>
      ) : (
        <div class="row">{content}</div>
      )}
    </li>
  );
}

const Attempt = ({ attempt }: { readonly attempt: number }) => (
  <span class="attempt">{attempt > 1 ? `attempt ${attempt}` : ''}</span>
);
