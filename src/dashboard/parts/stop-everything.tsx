import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { Listed } from '../types.ts';
import { count } from '../words.ts';
import { closeAround, Dialog } from './dialog.tsx';
import { Problem } from './trouble.tsx';

const CALLING: ReadonlySet<Listed['state']> = new Set(['scheduled', 'running']);

type Props = { readonly outages: readonly Listed[]; readonly onChange: () => void };

/** Pauses every outage that calls or is about to, at once: nothing is lost, and each can be resumed. */
export function StopEverything({ outages, onChange }: Props) {
  const [isAsking, setAsking] = useState(false);
  const calling = outages.filter(({ state }) => CALLING.has(state));
  if (calling.length === 0 && !isAsking) return null;
  return (
    <>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        Stop everything
      </button>
      {isAsking && <Stop calling={calling} onChange={onChange} onClose={() => setAsking(false)} />}
    </>
  );
}

type StopProps = { readonly calling: readonly Listed[]; readonly onChange: () => void; readonly onClose: () => void };

function Stop({ calling, onChange, onClose }: StopProps) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const body = { hangUp: new FormData(form).get('hangUp') !== null };
    setBusy(true);
    const results = await Promise.allSettled(
      calling.map(({ id }) => ask(`outages/${encodeURIComponent(id)}/pause`, { method: 'POST', body })),
    );
    onChange();
    const failed = calling.filter((_, index) => results[index]?.status === 'rejected');
    if (failed.length === 0) return closeAround(form);
    setRefusal(new Refusal(0, `Not stopped: ${failed.map(({ title }) => title).join(', ')}. Try again`));
    setBusy(false);
  };

  return (
    <Dialog title="Stop everything?" onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          No new calls start, of {calling.length === 1 ? 'the outage' : `all ${count(calling.length)} outages`} that{' '}
          {calling.length === 1 ? 'is' : 'are'} running or scheduled. Nobody is lost: resume each when you are ready.
        </p>
        <label class="check">
          <input type="checkbox" name="hangUp" /> Hang up all calls in progress now
        </label>
        {refusal && <Problem refusal={refusal} />}
        <div class="buttons">
          <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
            Not now
          </button>
          <button type="submit" class="danger main" disabled={isBusy} data-focus>
            Stop {calling.length === 1 ? 'the outage' : `all ${count(calling.length)} outages`}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
