import { useRef, useState } from 'preact/hooks';
import { ask, create, Refusal } from '../api.ts';
import type { Outage, Recipient } from '../types.ts';
import { whose } from '../words.ts';
import { closeAround, Dialog } from './dialog.tsx';
import { PersonForm } from './person-form.tsx';
import { Question } from './question.tsx';
import { Problem } from './trouble.tsx';

type Props = {
  readonly outage: Outage;
  /** Gets what was done, in a sentence. */
  readonly onDone: (did: string) => void;
  readonly onClose: () => void;
};

const pathOf = ({ id }: Outage): string => `outages/${encodeURIComponent(id)}/recipients`;

/** Adds one person to the list of an outage. */
export function AddPerson({ outage, columns, onDone, onClose }: Props & { readonly columns: readonly string[] }) {
  const add = async (values: Readonly<Record<string, string>>): Promise<void> => {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const { answer, isNew } = await create<Recipient>(pathOf(outage), given);
    onDone(isNew ? `${whose(answer)} was added.` : `${whose(answer)} is on the list already, and was not changed.`);
  };
  return (
    <Dialog title="Add a person" onClose={onClose}>
      <p class="hint">{CALLED[outage.state] ?? 'They are called when the outage begins.'}</p>
      <PersonForm go="Add" columns={columns} onGo={add} />
    </Dialog>
  );
}

const CALLED: Readonly<Partial<Record<Outage['state'], string>>> = {
  running: 'The outage is running: they are called at once.',
  paused: 'The outage is paused: they are called when it is resumed.',
  finished: 'The outage is finished: it starts again, and they are called at once.',
};

/** Corrects a person, or takes them off the list if they were not called yet. */
export function CorrectPerson({ outage, recipient, onDone, onClose }: Props & { readonly recipient: Recipient }) {
  const [isRemoving, setRemoving] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const apart = useRef<HTMLDivElement>(null);
  const path = `${pathOf(outage)}/${encodeURIComponent(recipient.recipientId)}`;
  const who = whose(recipient);

  const correct = async (values: Readonly<Record<string, string>>): Promise<void> => {
    const { phone, ...others } = values;
    const body = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, value || null]));
    const isOther = phone && phone !== recipient.phone;
    const corrected = await ask<Recipient>(path, { method: 'PATCH', body: { ...body, ...(isOther && { phone }) } });
    onDone(`${whose(corrected)} was corrected.`);
  };

  const remove = async (): Promise<void> => {
    setRefusal(undefined);
    try {
      await ask(path, { method: 'DELETE' });
      onDone(`${who} was taken off the list.`);
      if (apart.current) closeAround(apart.current);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    }
  };

  return (
    <Dialog title={`Correct ${who}`} onClose={onClose}>
      <p class="mono">{recipient.phone ?? recipient.communicationUserId}</p>
      <Own extra={recipient.extra} />
      <PersonForm recipient={recipient} go="Save" onGo={correct} />
      <div class="apart" ref={apart}>
        {refusal && <Problem refusal={refusal} />}
        {isUncalled(recipient) ? (
          <button type="button" class="danger" onClick={() => setRemoving(true)}>
            Take off the list
          </button>
        ) : (
          <p class="hint">
            {recipient.state === 'calling' ? 'Is being called' : 'Was called'}, and stays on the list: what happened is
            on record.
          </p>
        )}
      </div>
      {isRemoving && (
        <Question
          title={`Take ${who} off the list?`}
          go="Take off"
          isDangerous
          onGo={() => void remove()}
          onClose={() => setRemoving(false)}
        >
          <p>This outage will not call them. You can add them again.</p>
        </Question>
      )}
    </Dialog>
  );
}

const isUncalled = ({ state, attempts }: Recipient): boolean => state === 'waiting' && attempts.length === 0;

/** What the list's own columns say. */
function Own({ extra = {} }: Pick<Recipient, 'extra'>) {
  const entries = Object.entries(extra).filter(([, cell]) => cell !== '');
  if (entries.length === 0) return null;
  return (
    <dl class="facts">
      {entries.map(([column, cell]) => (
        <div key={column}>
          <dt>{column}</dt>
          <dd>{cell}</dd>
        </div>
      ))}
    </dl>
  );
}
