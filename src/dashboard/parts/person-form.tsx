import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { Refusal } from '../api.ts';
import type { Recipient } from '../types.ts';
import { closeAround } from './dialog.tsx';
import { Field } from './field.tsx';
import { Problem } from './trouble.tsx';

type Props = {
  readonly recipient?: Recipient;
  readonly go: string;
  /** Does what the form is for with the values of its fields. @throws Refusal */
  readonly onGo: (values: Readonly<Record<string, string>>) => Promise<void>;
  /** The list's own columns that can be filled in. */
  readonly columns?: readonly string[];
};

const FIELDS = { phone: 'Number', name: 'Name', timeZone: 'Time zone', language: 'Language' } as const;
type FieldName = keyof typeof FIELDS;
const isField = (name: string): name is FieldName => name in FIELDS;

/** Own columns have names that people chose: the prefix keeps them apart from ours. */
const OWN = 'own.';

/** The fields of one person. What the app refuses is shown at its field. */
export function PersonForm({ recipient, go, onGo, columns = [] }: Props) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);
  const { problems, rest } = sorted(refusal);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setRefusal(undefined);
    try {
      const entries = [...new FormData(form)].map(([name, value]) => [name.replace(OWN, ''), String(value).trim()]);
      await onGo(Object.fromEntries(entries));
      closeAround(form);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit}>
      {recipient?.state !== 'calling' && (
        <Field
          name="phone"
          label={FIELDS.phone}
          type="tel"
          required={recipient?.communicationUserId === undefined}
          value={recipient?.phone ?? ''}
          hint="With + and the country code, or as people write it in the outage’s country."
          problem={problems.phone}
        />
      )}
      <Field name="name" label={FIELDS.name} value={recipient?.name ?? ''} problem={problems.name} />
      <div class="pair">
        <Field
          name="timeZone"
          label={FIELDS.timeZone}
          value={recipient?.timeZone ?? ''}
          hint="A place such as Europe/London. Empty: that of the outage."
          problem={problems.timeZone}
        />
        <Field name="language" label={FIELDS.language} value={recipient?.language ?? ''} problem={problems.language} />
      </div>
      {columns.map((column) => (
        <Field key={column} name={OWN + column} label={column} />
      ))}
      {rest && <Problem refusal={rest} />}
      <div class="buttons">
        <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
          Not now
        </button>
        <button type="submit" class="main" disabled={isBusy}>
          {go}
        </button>
      </div>
    </form>
  );
}

type Sorted = { readonly problems: Partial<Record<FieldName, string>>; readonly rest: Refusal | undefined };

/** Problems of a field, `timeZone: …`, by field and as sentences; and those of no field. */
function sorted(refusal: Refusal | undefined): Sorted {
  if (!refusal) return { problems: {}, rest: undefined };
  const problems: Partial<Record<FieldName, string>> = {};
  const others: string[] = [];
  for (const problem of refusal.problems) {
    const [, name = '', says = ''] = /^(\w+): (.*)$/s.exec(problem) ?? [];
    if (isField(name)) problems[name] = `${FIELDS[name]} ${says}.`;
    else others.push(problem);
  }
  if (Object.keys(problems).length === 0) return { problems, rest: refusal };
  const [first] = others;
  return { problems, rest: first === undefined ? undefined : new Refusal(refusal.status, first, others) };
}
