import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { Action, Outage } from '../types.ts';
import { count } from '../words.ts';
import { closeAround, Dialog } from './dialog.tsx';
import { SoundField, soundIn } from './sound-field.tsx';
import { Problem } from './trouble.tsx';

type Confirmation = {
  readonly action: Exclude<Action, 'upload' | 'launch'>;
  readonly label: string;
  readonly title: string;
  readonly method: 'POST' | 'PATCH';
  readonly go: string;
  readonly isDangerous?: boolean;
  /** Further questions. */
  readonly fields: (outage: Outage) => ComponentChildren;
  readonly body: (form: FormData) => object;
};

const waiting = (people: number): string =>
  people === 1 ? '1 person who is waiting.' : `${count(people)} people who are waiting.`;

const text = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** The actions on an outage. Each asks for confirmation. */
const CONFIRMATIONS: readonly Confirmation[] = [
  {
    action: 'pause',
    label: 'Pause',
    title: 'Pause this outage?',
    method: 'POST',
    go: 'Pause',
    fields: () => <p>No new calls start. Calls in progress continue to their end.</p>,
    body: () => ({}),
  },
  {
    action: 'resume',
    label: 'Resume',
    title: 'Resume this outage?',
    method: 'POST',
    go: 'Resume',
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
    fields: () => (
      <>
        <p>No new calls start. Everybody who was told gets one more call, with this message:</p>
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
    fields: ({ states, callsInFlight }) => (
      <>
        <p>No new calls start. This outage will never call the {waiting(states.waiting)} You cannot undo this.</p>
        {callsInFlight > 0 && (
          <label class="check">
            <input type="checkbox" name="hangUp" /> Hang up the{' '}
            {callsInFlight === 1 ? 'call' : `${count(callsInFlight)} calls`} in progress now
          </label>
        )}
      </>
    ),
    body: (form) => ({ hangUp: form.get('hangUp') !== null }),
  },
];

export function Actions({ outage, onChange }: { readonly outage: Outage; readonly onChange: () => void }) {
  const [asked, setAsked] = useState<Confirmation>();
  const allowed = CONFIRMATIONS.filter(({ action }) => outage.actions.includes(action));
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
        {refusal && <Problem refusal={refusal} />}
        <div class="buttons">
          <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
            Not now
          </button>
          <button type="submit" class={confirmation.isDangerous ? 'danger main' : 'main'} disabled={isBusy}>
            {confirmation.go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
