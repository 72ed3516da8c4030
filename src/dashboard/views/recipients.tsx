import { useRef, useState } from 'preact/hooks';
import { OUTCOME_GLOSSARY } from '../../lib/rules/calls/outcome-glossary.ts';
import { ask, download, downloadReport } from '../api.ts';
import { Cell } from '../parts/cell.tsx';
import { AddPerson, CorrectPerson } from '../parts/person.tsx';
import { SaveFile } from '../parts/save-file.tsx';
import { TimelineDialog } from '../parts/timeline.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { usePolled } from '../polled.ts';
import { toOutage, toRecipients } from '../route.ts';
import { useTitle } from '../title.ts';
import type { Outage, Recipient, Recipients } from '../types.ts';
import { HELD_BACK, nameOf, when, whose } from '../words.ts';

const PAGE = 100;

/** People without an outcome are filtered by their state. */
const PENDING = { calling: 'Being called', waiting: 'Waiting' } as const;

/** The people on the list, all or with one outcome. Loads more on demand. */
export function RecipientsView({ id, outcome }: { readonly id: string; readonly outcome: string }) {
  useTitle('People');
  const [pages, setPages] = useState(1);
  const [opened, setOpened] = useState<{ callLegId: string; who: string }>();
  const path = `outages/${encodeURIComponent(id)}`;
  const [isAdding, setAdding] = useState(false);
  const [corrected, setCorrected] = useState<Recipient>();
  const [did, setDid] = useState('');
  const { data: outage } = usePolled(path, (signal) => ask<Outage>(path, { signal }), 10_000);
  const { data, refusal, refresh } = usePolled(
    `${path} ${outcome} ${pages}`,
    () => load(path, outcome, pages * PAGE),
    10_000,
  );
  // Keep the rows and the scroll position while more are loading.
  const before = useRef<Recipients>({ recipients: [] });
  before.current = data ?? before.current;
  const shown = before.current;
  const done = (sentence: string): void => {
    setDid(sentence);
    refresh();
  };
  return (
    <>
      <p class="related">
        <a href={toOutage(id)}>← The outage</a>
      </p>
      <div class="title">
        <h1>People</h1>
        <div class="actions">
          {outage?.actions.includes('upload') && (
            <button type="button" onClick={() => setAdding(true)}>
              Add a person
            </button>
          )}
          <SaveFile name="rejected.csv" load={() => download(`${path}/rejected.csv`)} />
          <SaveFile name="report.csv" load={() => downloadReport(`${path}/report.csv`)} />
        </div>
      </div>
      <div class="field narrow">
        <label for="outcome">Outcome</label>
        <select
          id="outcome"
          value={outcome}
          onChange={(event) => location.assign(toRecipients(id, event.currentTarget.value))}
        >
          <option value="">Everybody</option>
          {Object.entries(PENDING).map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
          {OUTCOME_GLOSSARY.map(({ outcome: each, label }) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <p role="status" class={did ? 'done' : 'unseen'}>
        {did}
      </p>
      <Trouble refusal={refusal} />
      {data && shown.recipients.length === 0 && <p class="card empty">Nobody.</p>}
      {shown.recipients.length > 0 && (
        <div class="card">
          <table class="stacked" aria-label="People">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">Number</th>
                <th scope="col">Outcome</th>
                <th scope="col">When</th>
                <th scope="col">Calls</th>
                <th scope="col">
                  <span class="unseen">Correct</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.recipients.map((recipient) => (
                <Row
                  key={recipient.recipientId}
                  recipient={recipient}
                  open={(callLegId) => setOpened({ callLegId, who: whose(recipient) })}
                  correct={() => setCorrected(recipient)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.cursor && (
        <button type="button" onClick={() => setPages(pages + 1)}>
          Show more
        </button>
      )}
      {outage && isAdding && (
        <AddPerson outage={outage} columns={ownColumnsOf(shown)} onDone={done} onClose={() => setAdding(false)} />
      )}
      {outage && corrected && (
        <CorrectPerson outage={outage} recipient={corrected} onDone={done} onClose={() => setCorrected(undefined)} />
      )}
      {opened && <TimelineDialog outageId={id} {...opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}

/** A page of the API may have fewer rows than requested even if more follow. */
async function load(path: string, outcome: string, wanted: number): Promise<Recipients> {
  const recipients: Recipient[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      limit: String(Math.min(1000, wanted - recipients.length)),
      ...(outcome && { [outcome in PENDING ? 'state' : 'outcome']: outcome }),
      ...(cursor && { cursor }),
    });
    const page = await ask<Recipients>(`${path}/recipients?${query}`);
    recipients.push(...page.recipients);
    cursor = page.cursor;
  } while (cursor !== undefined && recipients.length < wanted);
  return { recipients, ...(cursor !== undefined && { cursor }) };
}

const STATES = { ...PENDING, done: '' } as const;

type RowProps = {
  readonly recipient: Recipient;
  readonly open: (callLegId: string) => void;
  readonly correct: () => void;
};

function Row({ recipient, open, correct }: RowProps) {
  const { name, phone, communicationUserId, state, outcome, reason, heldBack, endedAt, attempts } = recipient;
  return (
    <tr>
      <Cell label="Who">{name}</Cell>
      <Cell label="Number">{phone ?? communicationUserId}</Cell>
      <Cell label="Outcome">
        {outcome ? (
          <span>
            <i class={`dot ${outcome}`} aria-hidden="true" /> {nameOf(outcome)}{' '}
            {reason && <span class="hint">({reason})</span>}
          </span>
        ) : (
          <span>
            {STATES[state]}
            {heldBack && (
              <span class="hint">
                {' '}
                (held back until {when(heldBack.until)}: {HELD_BACK[heldBack.because]})
              </span>
            )}
          </span>
        )}
      </Cell>
      <Cell label="When">{endedAt && when(endedAt)}</Cell>
      <Cell label="Calls">
        {attempts.length > 0 && (
          <span>
            {attempts.map(({ attempt, callLegId }) =>
              callLegId ? (
                <button
                  key={attempt}
                  type="button"
                  class="small"
                  onClick={() => open(callLegId)}
                  aria-label={`Timeline of call ${attempt} to ${whose(recipient)}`}
                >
                  {attempt}
                </button>
              ) : (
                <span key={attempt}>{attempt}</span>
              ),
            )}
          </span>
        )}
      </Cell>
      <td class="last">
        <button type="button" class="small" onClick={correct} aria-label={`Correct ${whose(recipient)}`}>
          Correct
        </button>
      </td>
    </tr>
  );
}

/** The list's own columns, as far as people who are shown have them. */
const ownColumnsOf = ({ recipients }: Recipients): string[] => [
  ...new Set(recipients.flatMap(({ extra = {} }) => Object.keys(extra))),
];
