import { signal } from './signal.ts';

/** Where in the page we are, by the address's hash: it can be kept and sent on, and the browser's back works. */
export type Route =
  | { readonly view: 'outages' }
  | { readonly view: 'declare' }
  | { readonly view: 'optOuts' }
  | { readonly view: 'outage'; readonly id: string }
  | { readonly view: 'recipients'; readonly id: string; readonly outcome: string };

export function routeOf(hash: string): Route {
  const [first = '', id = '', part = '', outcome = ''] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (first === 'declare') return { view: 'declare' };
  if (first === 'opt-outs') return { view: 'optOuts' };
  if (first === 'outages' && id && part === 'recipients') return { view: 'recipients', id, outcome };
  if (first === 'outages' && id) return { view: 'outage', id };
  return { view: 'outages' };
}

/** An address that somebody mistyped is still one: it leads to what is not found. */
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
export const toRecipients = (id: string, outcome = ''): string =>
  `${toOutage(id)}/recipients${outcome && `/${encodeURIComponent(outcome)}`}`;
