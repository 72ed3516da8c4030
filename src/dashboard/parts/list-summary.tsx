import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { isWhole, MEGABYTES, type Mode } from '../list-client.ts';
import type { ListCheck, Outage } from '../types.ts';
import { count, people, when } from '../words.ts';
import { FocusedHeading } from './focused.tsx';
import { Question } from './question.tsx';

type Props = {
  readonly outage: Outage;
  readonly file: File;
  /** Absent until the first check is done. */
  readonly check: ListCheck | undefined;
  readonly isBusy: boolean;
  readonly onAdd: (mode: Mode) => void;
  readonly onOther: () => void;
  /** Progress and problems. */
  readonly children: ComponentChildren;
};

/** How many people a list would add, and the button that adds them. */
export function ListSummary({ outage, file, check, isBusy, onAdd, onOther, children }: Props) {
  const [mode, setMode] = useState<Mode>('add');
  const [isAsking, setAsking] = useState(false);
  const ready = check && !check.unclear ? check : undefined;
  const question = ready && questionOf(mode, outage, ready);
  const hasNobody = ready && (mode === 'add' ? ready.wouldBeAdded : ready.wouldBeAdded + ready.alreadyThere) === 0;
  return (
    <section class="card summary">
      <FocusedHeading>{file.name}</FocusedHeading>
      <div role="status">
        {ready && <Sums check={ready} file={file} />}
        {check?.unclear && <p>Say below which column is which. Then you see what the list would do.</p>}
      </div>
      {ready && outage.recipients > 0 && (
        <ModeChoice outage={outage} file={file} check={ready} mode={mode} onMode={setMode} />
      )}
      {ready && !hasNobody && <p class="hint">{nextOf(outage, ready)}</p>}
      {children}
      <div class="buttons">
        <button type="button" onClick={onOther}>
          Choose another file
        </button>
        {ready && (
          <button
            type="button"
            class="main"
            disabled={isBusy || hasNobody}
            onClick={() => (question ? setAsking(true) : onAdd(mode))}
          >
            {goOf(mode, ready, file)}
          </button>
        )}
      </div>
      {isAsking && question && ready && (
        <Question
          title={question.title}
          go={goOf(mode, ready, file)}
          isDangerous={mode === 'replace'}
          onGo={() => onAdd(mode)}
          onClose={() => setAsking(false)}
        >
          {question.says.map((said) => (
            <p key={said}>{said}</p>
          ))}
        </Question>
      )}
    </section>
  );
}

function Sums({ check, file }: { readonly check: ListCheck; readonly file: File }) {
  const { wouldBeAdded, alreadyThere, duplicates, optedOut, rejected } = check;
  const others: readonly (readonly [number, string, string])[] = [
    [alreadyThere, 'is on the list already', 'are on the list already'],
    [optedOut, 'has opted out and is not called', 'have opted out and are not called'],
    [duplicates, 'row names somebody again', 'rows name somebody again'],
    [rejected, 'row is not usable', 'rows are not usable'],
  ];
  return (
    <>
      <p class="figure">
        <strong>{wouldBeAdded === 0 ? 'Nobody' : count(wouldBeAdded)}</strong>{' '}
        {wouldBeAdded > 1 ? 'people would be added' : wouldBeAdded === 1 ? 'person would be added' : 'would be added'}
      </p>
      <ul class="sums">
        {others.map(
          ([number, one, more]) =>
            number > 0 && (
              <li key={more}>
                <b>{count(number)}</b> {number === 1 ? one : more}
              </li>
            ),
        )}
      </ul>
      {!isWhole(file) && (
        <p class="hint">
          The file is larger than {MEGABYTES} MB and was checked in parts. Somebody whom two parts name counts twice
          here, and is added once.
        </p>
      )}
    </>
  );
}

type ModeProps = {
  readonly outage: Outage;
  readonly file: File;
  readonly check: ListCheck;
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
};

function ModeChoice({ outage, file, check, mode, onMode }: ModeProps) {
  const option = (value: Mode, label: string, hint: string, disabled = false) => (
    <label class="option">
      <input type="radio" name="mode" checked={mode === value} disabled={disabled} onChange={() => onMode(value)} />
      <span>
        {label}
        <span class="hint">{hint}</span>
      </span>
    </label>
  );
  return (
    <fieldset class="options">
      <legend>The outage has a list of {people(outage.recipients)}</legend>
      {option('add', 'Add to it', 'Nobody is taken off.')}
      {isWhole(file)
        ? option('replace', 'Replace it', `${othersOf(outage, check)} ${REPLACED}`)
        : option('replace', 'Replace it', `Not with a file of more than ${MEGABYTES} MB: it is sent in parts.`, true)}
    </fieldset>
  );
}

const REPLACED =
  'Those who were not called yet are taken off, even if the file has a row of theirs that is not usable. Those who were called stay on record.';

function othersOf({ recipients }: Outage, { alreadyThere }: ListCheck): string {
  const others = Math.max(0, recipients - alreadyThere);
  return others === 0
    ? 'Everybody on the list is in the file too.'
    : `${people(others)} on the list ${others === 1 ? 'is' : 'are'} not in the file.`;
}

function goOf(mode: Mode, { wouldBeAdded, alreadyThere }: ListCheck, file: File): string {
  if (mode === 'replace') return `Replace the list with ${people(wouldBeAdded + alreadyThere)}`;
  if (wouldBeAdded === 0) return 'Add nobody';
  return `Add ${isWhole(file) ? '' : 'up to '}${people(wouldBeAdded)}`;
}

/** True if adding people to the outage makes telephones ring. */
const callsAtOnce = ({ state, startAt }: Outage): boolean =>
  state === 'scheduled'
    ? startAt === undefined || Date.parse(startAt) <= Date.now()
    : state === 'running' || state === 'finished';

/** When those who are added are called. */
function nextOf(outage: Outage, { wouldBeAdded }: ListCheck): string {
  const { state, startAt } = outage;
  const them = wouldBeAdded === 1 ? 'This person is' : 'They are';
  if (state === 'draft') return 'Nobody is called before you launch the outage.';
  if (state === 'paused') return `The outage is paused. ${them} called when it is resumed.`;
  if (state === 'finished') return `The outage is finished. It starts again, and ${them.toLowerCase()} called at once.`;
  if (state === 'running') return `The outage is running. ${them} called at once.`;
  return startAt && !callsAtOnce(outage) ? `${them} called from ${when(startAt)} on.` : `${them} called at once.`;
}

/** What to ask before people are added; undefined if there is nothing to ask. */
function questionOf(mode: Mode, outage: Outage, check: ListCheck): { title: string; says: string[] } | undefined {
  const calls = check.wouldBeAdded > 0 && callsAtOnce(outage) ? [nextOf(outage, check)] : [];
  if (mode === 'replace') return { title: 'Replace the list?', says: [othersOf(outage, check), REPLACED, ...calls] };
  return calls.length > 0 ? { title: 'Add these people?', says: calls } : undefined;
}
