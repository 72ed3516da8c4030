import type { ListCheck } from './types.ts';

/** Which column of a list is which: our name, and the list's. Empty: no column is. */
export type Mapping = Readonly<Record<string, string>>;

/** What a column can be, as the API names it, in the words of the page. */
export const USES: Readonly<Record<string, string>> = {
  phone: 'Phone number',
  name: 'Name',
  firstName: 'First name',
  lastName: 'Last name',
  timeZone: 'Time zone',
  language: 'Language',
  communicationUserId: 'ACS user id',
};

type Columns = ListCheck['columns'];

/** The mapping by which the columns were read. */
const mappingOf = (columns: Columns): Mapping => ({
  ...Object.fromEntries(Object.keys(USES).map((use) => [use, ''])),
  ...Object.fromEntries(columns.flatMap(({ column, as }) => (as === undefined ? [] : [[as, column]]))),
});

/** True if the columns were read by this mapping. */
export const isSameMapping = (mapping: Mapping, columns: Columns): boolean =>
  Object.entries(mappingOf(columns)).every(([use, column]) => mapping[use] === column);

/** The mapping after one choice. What another column was used as moves; an empty use leaves the column. */
export function reassigned(columns: Columns, chosen: string, use: string): Mapping {
  const kept = columns.map(({ column, as }) =>
    column === chosen || as === use ? { column, first: [] } : { column, as, first: [] },
  );
  return { ...mappingOf(kept), ...(use !== '' && { [use]: chosen }) };
}

const PREFIX = 'ringdown-columns-';

/**
 * What was chosen for an earlier list with the same columns. Only a digest of the column names and the positions of the
 * columns are stored: nothing of the list itself.
 */
export async function recalled(columns: Columns): Promise<Mapping | undefined> {
  const name = await nameOf(columns);
  const stored = name && localStorage.getItem(name);
  if (!stored) return undefined;
  const uses = stored.split(',');
  return mappingOf(
    columns.map(({ column }, index) => ({ column, first: [], ...(uses[index] && { as: uses[index] }) })),
  );
}

/** Keeps what the columns of a list were used as. */
export async function remember(columns: Columns): Promise<void> {
  const name = await nameOf(columns);
  if (name) localStorage.setItem(name, columns.map(({ as = '' }) => as).join());
}

/** Undefined where browsers have no digests: on pages that came over plain HTTP. */
async function nameOf(columns: Columns): Promise<string | undefined> {
  if (!globalThis.isSecureContext) return undefined;
  const names = new TextEncoder().encode(JSON.stringify(columns.map(({ column }) => column)));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', names));
  return PREFIX + Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
