import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { declarationIn } from '../declaration.ts';
import { Emergency } from '../parts/emergency.tsx';
import { Field } from '../parts/field.tsx';
import { SoundField } from '../parts/sound-field.tsx';
import { Problem } from '../parts/trouble.tsx';
import { toOutage } from '../route.ts';
import { useTitle } from '../title.ts';
import type { Listed } from '../types.ts';

/** The form that declares an outage: required fields first, the rest under “More”. */
export function Declare() {
  useTitle('Declare an outage');
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);

  const [asked, setAsked] = useState<FormData>();

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (form.get('emergency') === null) void declare(form);
    else setAsked(form);
  };

  const declare = async (form: FormData): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const { id } = await ask<Listed>('outages', { method: 'POST', body: declarationIn(form) });
      location.assign(toOutage(id));
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
      setBusy(false);
    }
  };

  return (
    <>
      <div class="title">
        <h1>Declare an outage</h1>
      </div>
      <form class="card declare" onSubmit={submit}>
        <Field
          name="title"
          label="What it is about"
          required
          hint="Seen by your team, and sent to the telephone service with each call."
        />
        <SoundField name="message" label="Message" required />
        <label class="check">
          <input type="checkbox" name="emergency" /> Emergency: lives are at stake. Daily limits do not apply.
        </label>
        <SoundField name="thanks" label="Thanks" hint="Optional. Played after somebody acknowledges." />
        <div class="pair">
          <Field name="startAt" label="Begins" type="datetime-local" hint="Your local time. Empty: at once." />
          <Field
            name="expiresAt"
            label="Nobody is called after"
            type="datetime-local"
            hint="Your local time. Empty: no limit."
          />
        </div>
        <Field
          name="estimate"
          label="Estimate"
          hint="When it should be over, in words for people: {estimate} in a text."
        />
        <fieldset>
          <legend>Quiet hours</legend>
          <p class="hint">Nobody is called in them, by the person’s own local time. Empty: at any time.</p>
          <div class="pair three">
            <Field name="quietFrom" label="From" type="time" value="21:00" />
            <Field name="quietTo" label="To" type="time" value="08:00" />
            <Field name="quietZone" label="Time zone" value={Intl.DateTimeFormat().resolvedOptions().timeZone} />
          </div>
        </fieldset>
        <details>
          <summary>More</summary>
          <div class="pair">
            <Field
              name="maxConcurrentCalls"
              label="Calls at once, at most"
              type="number"
              hint="Empty: one call per line."
            />
            <Field name="maxAttempts" label="Calls to one person, at most" type="number" value="3" />
          </div>
          <div class="pair">
            <Field name="replays" label="Message played again" type="number" value="1" hint="If no key is pressed." />
            <Field name="defaultCountry" label="Country" value="US" hint="For numbers without a country code." />
          </div>
          <fieldset>
            <legend>Keys</legend>
            <div class="pair four">
              <Field name="key.acknowledge" label="Acknowledge" value="1" />
              <Field name="key.operator" label="Operator" value="2" />
              <Field name="key.optOut" label="Opt out" value="9" />
              <Field name="key.replay" label="Again" value="*" />
            </div>
          </fieldset>
          <Field
            name="operators"
            label="Operators"
            hint="Phone numbers (+1…) or ACS user ids (8:acs:…), separated by commas."
          />
          <SoundField
            name="unavailable"
            label="If no operator answers"
            hint="Played in that case. The callee can then press another key."
          />
          <Field
            name="callers"
            label="Our numbers"
            hint="number:lines, separated by commas. Empty: the numbers in the settings."
          />
          <Field
            name="id"
            label="Id"
            hint="Letters, digits, _ . - ; the same id means the same outage. Empty: the app creates one."
          />
        </details>
        {refusal && <Problem refusal={refusal} />}
        <div class="buttons">
          <a class="button" href="#/">
            Not now
          </a>
          <button type="submit" class="main" disabled={isBusy}>
            Declare
          </button>
        </div>
      </form>
      {asked && <Emergency onGo={() => declare(asked)} onClose={() => setAsked(undefined)} />}
    </>
  );
}
