import type { CallView } from '../src/lib/views/call-view.ts';
import { tableText } from './table-text.ts';

/** Formats the timeline of a call. Times are relative to its first entry. */
export function timelineText({ callLegId, outcome, createdAt, timeline }: CallView): string {
  const first = Date.parse(timeline[0]?.at ?? createdAt);
  const rows = timeline.map(({ at, kind, name, detail, status }) => [
    `+${((Date.parse(at) - first) / 1000).toFixed(2)} s`,
    kind,
    [name, kind === 'action' && detail ? `(${detail})` : detail, status].filter(Boolean).join(' '),
  ]);
  return `Call leg ${callLegId}, outcome "${outcome ?? '?'}":\n\n${tableText(['time', '', ''], rows)}`;
}
