import { useEffect, useRef } from 'preact/hooks';
import { key, lostSince, signOut } from './api.ts';
import { type Route, route } from './route.ts';
import { useSignal } from './signal.ts';
import { AddPeople } from './views/add-people.tsx';
import { Declare } from './views/declare.tsx';
import { OptOuts } from './views/opt-outs.tsx';
import { OutageView } from './views/outage.tsx';
import { Outages } from './views/outages.tsx';
import { RecipientsView } from './views/recipients.tsx';
import { SignIn } from './views/sign-in.tsx';
import { toTheSecond } from './words.ts';

export function App() {
  const isSignedIn = useSignal(key) !== null;
  return isSignedIn ? <SignedIn /> : <SignIn />;
}

function SignedIn() {
  const at = useSignal(route);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Screen readers announce the new view.
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [at]);
  return (
    <>
      <header class="top">
        <a class="mark" href="#/">
          <img src="/api/dashboard/icon.svg" alt="" width="24" height="24" />
          Ringdown
        </a>
        <nav aria-label="Pages">
          <a href="#/" aria-current={at.view === 'optOuts' ? undefined : 'page'}>
            Outages
          </a>
          <a href="#/opt-outs" aria-current={at.view === 'optOuts' ? 'page' : undefined}>
            Opt-outs
          </a>
        </nav>
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      <Connection />
      <main ref={main} tabIndex={-1}>
        {viewOf(at)}
      </main>
    </>
  );
}

function viewOf(at: Route) {
  switch (at.view) {
    case 'outages':
      return <Outages />;
    case 'declare':
      return <Declare />;
    case 'optOuts':
      return <OptOuts />;
    case 'outage':
      return <OutageView id={at.id} key={at.id} />;
    case 'addPeople':
      return <AddPeople id={at.id} key={at.id} />;
    case 'recipients':
      return <RecipientsView id={at.id} outcome={at.outcome} key={`${at.id} ${at.outcome}`} />;
  }
}

/** Announced once when the connection is lost. The page keeps its data. */
function Connection() {
  const since = useSignal(lostSince);
  return (
    <p role="status" class={since ? 'lost' : 'unseen'}>
      {since &&
        `No connection since ${toTheSecond(since)}. The page shows the data from then and reconnects by itself.`}
    </p>
  );
}
