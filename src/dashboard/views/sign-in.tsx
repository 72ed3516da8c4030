import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { ask, isRefused, Refusal, signIn } from '../api.ts';
import { useTitle } from '../title.ts';

/** The sign-in form: tries the function key before it is stored. */
export function SignIn() {
  useTitle('Sign in');
  const [problem, setProblem] = useState(isRefused.get() ? 'The key is no longer accepted.' : '');
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get('key');
    if (typeof given !== 'string' || given.trim() === '') return setProblem('Enter the key.');
    setBusy(true);
    setProblem('');
    try {
      await ask('outages', { key: given.trim() });
      signIn(given.trim());
    } catch (error) {
      setProblem(
        error instanceof Refusal && error.status === 401
          ? 'The key is not valid.'
          : `${error instanceof Error ? error.message : error}.`,
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit} noValidate>
        <img src="/api/dashboard/icon.svg" alt="" width="44" height="44" />
        <h1>Ringdown</h1>
        <label for="key">Function key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="key-hint key-problem"
        />
        <p class="hint" id="key-hint">
          The app’s function key (in Azure: <i>App keys</i>). It is kept in memory only: until you close or reload the
          last open tab.
        </p>
        <p class="problem" id="key-problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="main" disabled={isBusy}>
          {isBusy ? 'One moment' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
