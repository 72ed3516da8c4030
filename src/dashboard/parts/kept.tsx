import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { Receipt } from '../types.ts';
import { closeAround, Dialog } from './dialog.tsx';
import { SaveFile } from './save-file.tsx';
import { Problem } from './trouble.tsx';

/** What is kept of a number: to save it, or to erase it. @param onErased called after an erasure. */
export function Kept({ phone, onErased }: { readonly phone: string; readonly onErased: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [receipt, setReceipt] = useState<Receipt>();
  return (
    <div class="actions">
      <SaveFile
        name="person.json"
        load={async () => {
          const kept = await ask<object>('people/export', { method: 'POST', body: { phone } });
          return new Blob([JSON.stringify(kept, undefined, 2)], { type: 'application/json' });
        }}
      />
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        Erase this person
      </button>
      {receipt && (
        <p>
          Erased: {receipt.recipients} list entries, {receipt.calls + receipt.requests} calls, {receipt.rejectedRows}{' '}
          rejected rows, {receipt.messages} failed messages.
          {receipt.optOut === 'kept' && ' The number stays opted out.'}
        </p>
      )}
      {isAsking && (
        <Erase
          phone={phone}
          onClose={() => setAsking(false)}
          onErased={(erased) => {
            setReceipt(erased);
            onErased();
          }}
        />
      )}
    </div>
  );
}

type EraseProps = {
  readonly phone: string;
  readonly onClose: () => void;
  readonly onErased: (receipt: Receipt) => void;
};

function Erase({ phone, onClose, onErased }: EraseProps) {
  const [refusal, setRefusal] = useState<Refusal>();
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    try {
      onErased(await ask<Receipt>('people/erase', { method: 'POST', body: { phone } }));
      closeAround(form);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    }
  };
  return (
    <Dialog title="Erase this person?" onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          Everything that is kept of {phone} is erased, from every outage. If they wait for a call, they are not called.
          The counts stay, and so does an opt-out, without the number. You cannot undo this.
        </p>
        {refusal && <Problem refusal={refusal} />}
        <div class="buttons">
          <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
            Not now
          </button>
          <button type="submit" class="danger main">
            Erase
          </button>
        </div>
      </form>
    </Dialog>
  );
}
