import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { Action, Outage } from '../types.ts';
import { count, people, toldIn } from '../words.ts';
import { closeAround, Dialog } from './dialog.tsx';
import { SoundField, soundIn } from './sound-field.tsx';
import { Problem } from './trouble.tsx';
import { mustBeTyped, TypedNumber } from './typed-number.tsx';

type Confirmation = {
  readonly action: Exclude<Action, 'upload' | 'launch'>;
  readonly label: string;
  readonly title: string;
  readonly method: 'POST' | 'PATCH';
  readonly go: string;
  readonly isDangerous?: boolean;
  /** What has the focus first, so that Enter does no harm: the button that does it, the one that does not, or a field. */
  readonly focus: 'go' | 'not now' | 'field';
  /** How many people it is about, if it cannot be taken back. */
  readonly concerns?: (outage: Outage) => number;
  /** Whether there is anything to do, where the app itself would allow it anyway. */
  readonly isUseful?: (outage: Outage) => boolean;
  /** Further questions. */
  readonly fields: (outage: Outage) => ComponentChildren;
  readonly body: (form: FormData) => object;
};

const waiting = (people: number): string =>
  people === 1 ? '1 person who is waiting.' : `${count(people)} people who are waiting.`;

const hangUpIn = (form: FormData): object => ({ hangUp: form.get('hangUp') !== null });

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** The actions on an outage. Each asks for confirmation. */
const CONFIRMATIONS: readonly Confirmation[] = [
  {
    action: 'pause',
    label: 'Pause',
    title: 'Pause this outage?',
    method: 'POST',
    go: 'Pause',
    focus: 'go',
    fields: ({ callsInFlight }) => (
      <>
        <p>No new calls start, until you resume it.</p>
        <HangUp calls={callsInFlight} />
      </>
    ),
    body: hangUpIn,
  },
  {
    action: 'resume',
    label: 'Resume',
    title: 'Resume this outage?',
    method: 'POST',
    go: 'Resume',
    focus: 'go',
    fields: ({ states, resting }) => (
      <>
        <p>
          Calling continues: {count(states.waiting)} {states.waiting === 1 ? 'is' : 'are'} waiting.
        </p>
        {resting && <p>Numbers that rest are called from again, by other outages too. Mend the reason first.</p>}
      </>
    ),
    body: () => ({}),
  },
  {
    action: 'patch',
    label: 'Change',
    title: 'Change the message',
    method: 'PATCH',
    go: 'Save',
    focus: 'field',
    fields: ({ estimate = '', script }) => (
      <>
        <p>The change reaches every call that has not played the message yet.</p>
        <div class="field">
          <label for="estimate">Estimate</label>
          <input id="estimate" name="estimate" value={estimate} maxLength={200} aria-describedby="estimate-hint" />
          <p class="hint" id="estimate-hint">
            When it should be over, in words for people: <code>{'{estimate}'}</code> in a text.
          </p>
        </div>
        <SoundField name="message" label="Message" value={script.message} required />
      </>
    ),
    body: (form) => ({ estimate: text(form, 'estimate') || null, script: { message: soundIn(form, 'message') } }),
  },
  {
    action: 'restore',
    label: 'All-clear',
    title: 'Is the outage over?',
    method: 'POST',
    go: 'Send the all-clear',
    focus: 'field',
    concerns: toldIn,
    isUseful: (outage) => toldIn(outage) > 0,
    fields: (outage) => (
      <>
        <p>
          No new calls start, and {people(toldIn(outage))} who {toldIn(outage) === 1 ? 'was' : 'were'} told{' '}
          {toldIn(outage) === 1 ? 'gets' : 'get'} one more call, with this message. You cannot take it back.
        </p>
        <SoundField name="message" label="All-clear message" required />
      </>
    ),
    body: (form) => ({ message: soundIn(form, 'message') }),
  },
  {
    action: 'cancel',
    label: 'Cancel',
    title: 'Cancel this outage?',
    method: 'POST',
    go: 'Cancel the outage',
    isDangerous: true,
    focus: 'not now',
    concerns: ({ states }) => states.waiting,
    fields: ({ states, callsInFlight }) => (
      <>
        <p>No new calls start. This outage will never call the {waiting(states.waiting)} You cannot undo this.</p>
        <HangUp calls={callsInFlight} />
      </>
    ),
    body: hangUpIn,
  },
];

function HangUp({ calls }: { readonly calls: number }) {
  if (calls === 0) return null;
  return (
    <label class="check">
      <input type="checkbox" name="hangUp" /> Hang up the {calls === 1 ? 'call' : `${count(calls)} calls`} in progress
      now
    </label>
  );
}

export function Actions({ outage, onChange }: { readonly outage: Outage; readonly onChange: () => void }) {
  const [asked, setAsked] = useState<Confirmation>();
  const allowed = CONFIRMATIONS.filter(
    ({ action, isUseful }) => outage.actions.includes(action) && (isUseful?.(outage) ?? true),
  );
  return (
    <div class="actions">
      {allowed.map((confirmation) => (
        <button
          key={confirmation.action}
          type="button"
          class={confirmation.isDangerous ? 'danger' : ''}
          onClick={() => setAsked(confirmation)}
        >
          {confirmation.label}
        </button>
      ))}
      {asked && (
        <Confirm confirmation={asked} outage={outage} onChange={onChange} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}

type ConfirmProps = {
  readonly confirmation: Confirmation;
  readonly outage: Outage;
  readonly onChange: () => void;
  readonly onClose: () => void;
};

function Confirm({ confirmation, outage, onChange, onClose }: ConfirmProps) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);
  const people = confirmation.concerns?.(outage) ?? 0;
  const focus = mustBeTyped(people) ? 'field' : confirmation.focus;
  const path = `outages/${encodeURIComponent(outage.id)}${confirmation.method === 'POST' ? `/${confirmation.action}` : ''}`;

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    try {
      await ask(path, { method: confirmation.method, body: confirmation.body(new FormData(form)) });
      onChange();
      closeAround(form);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
      setBusy(false);
    }
  };

  return (
    <Dialog title={confirmation.title} onClose={onClose}>
      <form onSubmit={submit}>
        {confirmation.fields(outage)}
        {mustBeTyped(people) && <TypedNumber people={people} />}
        {refusal && <Problem refusal={refusal} />}
        <div class="buttons">
          <button
            type="button"
            data-focus={focus === 'not now' || undefined}
            onClick={(event) => closeAround(event.currentTarget)}
          >
            Not now
          </button>
          <button
            type="submit"
            class={confirmation.isDangerous ? 'danger main' : 'main'}
            disabled={isBusy}
            data-focus={focus === 'go' || undefined}
          >
            {confirmation.go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
