import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { Action, Outage } from '../types.ts';
import { count } from '../words.ts';
import { closeAround, Dialog } from './dialog.tsx';
import { SoundField, soundIn } from './sound-field.tsx';
import { Problem } from './trouble.tsx';

type Deed = {
  readonly action: Exclude<Action, 'upload'>;
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
const DEEDS: readonly Deed[] = [
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
  const [asked, setAsked] = useState<Deed>();
  const allowed = DEEDS.filter(({ action }) => outage.actions.includes(action));
  return (
    <div class="actions">
      {allowed.map((deed) => (
        <button key={deed.action} type="button" class={deed.isDangerous ? 'danger' : ''} onClick={() => setAsked(deed)}>
          {deed.label}
        </button>
      ))}
      {asked && <Confirm deed={asked} outage={outage} onChange={onChange} onClose={() => setAsked(undefined)} />}
    </div>
  );
}

type ConfirmProps = {
  readonly deed: Deed;
  readonly outage: Outage;
  readonly onChange: () => void;
  readonly onClose: () => void;
};

function Confirm({ deed, outage, onChange, onClose }: ConfirmProps) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);
  const path = `outages/${encodeURIComponent(outage.id)}${deed.method === 'POST' ? `/${deed.action}` : ''}`;

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    try {
      await ask(path, { method: deed.method, body: deed.body(new FormData(form)) });
      onChange();
      closeAround(form);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
      setBusy(false);
    }
  };

  return (
    <Dialog title={deed.title} onClose={onClose}>
      <form onSubmit={submit}>
        {deed.fields(outage)}
        {refusal && <Problem refusal={refusal} />}
        <div class="buttons">
          <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
            Not now
          </button>
          <button type="submit" class={deed.isDangerous ? 'danger main' : 'main'} disabled={isBusy}>
            {deed.go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
