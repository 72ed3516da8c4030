import { signal } from './signal.ts';

/** The current view, from the hash of the address: it can be bookmarked and shared, and the back button works. */
export type Route =
  | { readonly view: 'outages' }
  | { readonly view: 'declare' }
  | { readonly view: 'optOuts' }
  | { readonly view: 'outage'; readonly id: string }
  | { readonly view: 'addPeople'; readonly id: string }
  | { readonly view: 'recipients'; readonly id: string; readonly outcome: string };

export function routeOf(hash: string): Route {
  const [first = '', id = '', part = '', outcome = ''] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (first === 'declare') return { view: 'declare' };
  if (first === 'opt-outs') return { view: 'optOuts' };
  if (first === 'outages' && id && part === 'recipients') return { view: 'recipients', id, outcome };
  if (first === 'outages' && id && part === 'add-people') return { view: 'addPeople', id };
  if (first === 'outages' && id) return { view: 'outage', id };
  return { view: 'outages' };
}

/** Keeps a part with a malformed escape as it is: the app then answers that it does not exist. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = signal(routeOf(location.hash));
addEventListener('hashchange', () => {
  route.set(routeOf(location.hash));
  scrollTo(0, 0);
});

export const toOutage = (id: string): string => `#/outages/${encodeURIComponent(id)}`;
export const toAddPeople = (id: string): string => `${toOutage(id)}/add-people`;
export const toRecipients = (id: string, outcome = ''): string =>
  `${toOutage(id)}/recipients${outcome && `/${encodeURIComponent(outcome)}`}`;
