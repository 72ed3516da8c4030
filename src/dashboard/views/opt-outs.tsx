import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { Kept } from '../parts/kept.tsx';
import { Problem } from '../parts/trouble.tsx';
import { useTitle } from '../title.ts';
import type { OptOut } from '../types.ts';
import { when } from '../words.ts';

type Found = { readonly number: string; readonly optOut: OptOut | undefined };

const post = <Answer,>(path: string, phone: string): Promise<Answer> => ask(path, { method: 'POST', body: { phone } });

async function lookUp(number: string): Promise<Found> {
  try {
    return { number, optOut: await post<OptOut>('opt-outs/find', number) };
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return { number, optOut: undefined };
    throw error;
  }
}

/** Looks up and changes the opt-out of one number. The list as a whole is never shown. */
export function OptOuts() {
  useTitle('Opt-outs');
  const [found, setFound] = useState<Found>();
  const [refusal, setRefusal] = useState<Refusal>();

  const attempt = async (work: () => Promise<Found>): Promise<void> => {
    setRefusal(undefined);
    try {
      setFound(await work());
    } catch (error) {
      setFound(undefined);
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    }
  };

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const number = String(new FormData(event.currentTarget).get('number') ?? '').trim();
    if (number) void attempt(() => lookUp(number));
  };

  const change = (number: string, path: string) =>
    attempt(async () => {
      await post(path, number);
      return lookUp(number);
    });

  return (
    <>
      <div class="title">
        <h1>Opt-outs</h1>
      </div>
      <p>No outage calls people who have opted out. People can opt out themselves with a key during a call.</p>
      <form class="card look-up" onSubmit={submit}>
        <div class="field">
          <label for="number">Phone number</label>
          <input id="number" name="number" type="tel" autocomplete="off" required aria-describedby="number-hint" />
          <p class="hint" id="number-hint">
            With + and the country code, e.g. +14255550123
          </p>
        </div>
        <button type="submit" class="main">
          Look up
        </button>
      </form>
      {refusal && <Problem refusal={refusal} />}
      <div role="status">
        {found && (
          <div class="card found">
            <p>
              <b class="mono">{found.optOut?.number ?? found.number}</b>{' '}
              {found.optOut ? `has opted out, since ${when(found.optOut.since)}` : 'has not opted out'}
              {found.optOut?.outageId && `, in outage ${found.optOut.outageId}`}.
            </p>
            {found.optOut ? (
              <button type="button" onClick={() => change(found.number, 'opt-outs/remove')}>
                Call them again
              </button>
            ) : (
              <button type="button" onClick={() => change(found.number, 'opt-outs')}>
                Opt them out
              </button>
            )}
            <h2>What is kept of this number</h2>
            <Kept key={found.number} phone={found.number} onErased={() => void attempt(() => lookUp(found.number))} />
          </div>
        )}
      </div>
    </>
  );
}
