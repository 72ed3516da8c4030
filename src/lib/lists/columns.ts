import { InvalidInputError } from '../base/errors.ts';
import { masked } from '../base/masking.ts';
import { DELIMITERS } from './delimited.ts';
import { KnownColumn, meaningOf, plainName } from './known-columns.ts';

/** Which column of a list is meant by a name of ours: what the request says, before any guess. Empty: none. */
export type Mapping = Readonly<Partial<Record<KnownColumn, string>>>;

/** A column of a list and what it was taken for; without `as` it is kept with the person. */
export type Column = {
  readonly column: string;
  readonly as?: KnownColumn;
  /** A download of ours added it to the list; left out when the list is sent again. */
  readonly isOurs?: true;
};

/** Columns that the download of rejected rows adds to a list. */
export const REASON_COLUMN = 'rejected because';
export const LINE_COLUMN = 'rejected line';
const OURS: ReadonlySet<string> = new Set([REASON_COLUMN, LINE_COLUMN]);

/** The columns of a report, in order; those of its list follow. */
export const REPORT_COLUMNS = [
  'recipientId',
  'phone',
  'communicationUserId',
  'name',
  'timeZone',
  'language',
  'state',
  'outcome',
  'reason',
  'endedAt',
  'attempts',
  'lastCallLegId',
] as const;
export type ReportColumn = (typeof REPORT_COLUMNS)[number];

/** How many columns of a list are those of a report: a report may be sent back, as a list. */
const reportColumnsIn = (header: readonly string[]): number =>
  REPORT_COLUMNS.every((column, index) => header[index] === column) ? REPORT_COLUMNS.length : 0;

/** Longest own columns of a list together, characters: they are stored in one cell. */
const MAX_OWN = 24_000;

/** A column of ours that several columns could be, all equally plain; or that none is, although one must be. */
export type Unclear = { readonly as: KnownColumn; readonly columns: string[] };

/** Somebody must say which column is which. `found` are the columns, with what was taken for what without a doubt. */
export class UnclearColumnsError extends InvalidInputError {
  readonly found: readonly Column[];
  readonly unclear: readonly Unclear[];
  constructor(what: string, problem: string, found: readonly Column[], unclear: readonly Unclear[]) {
    super(what, [problem]);
    this.found = found;
    this.unclear = unclear;
  }
}

/**
 * Decides once what the columns of a list are.
 * @throws UnclearColumnsError if nobody could be called by them, or one of ours is there twice; InvalidInputError if
 * the first row does not name columns.
 */
export function columnsOf(header: readonly string[], mapping: Mapping): readonly Column[] {
  const ours = reportColumnsIn(header);
  const names = [...header.slice(0, ours), ...named(header.slice(ours))];
  const guessed = ours > 0 ? names.slice(0, ours) : names;
  const known = new Map<number, KnownColumn>();
  const unclear: Unclear[] = [];
  for (const each of KnownColumn.options) {
    const [first, ...others] = indexesOf(each, names, guessed, mapping);
    if (first === undefined) continue;
    if (others.length === 0) known.set(first, each);
    else unclear.push({ as: each, columns: [first, ...others].flatMap((index) => names[index] ?? []) });
  }
  if (names.join().length > MAX_OWN) throw new InvalidInputError('The list has too many columns', [`${names.length}`]);
  const columns = names.map((column, index) => {
    const as = known.get(index);
    if (as) return { column, as };
    return { column, ...((index < ours || OURS.has(column)) && { isOurs: true as const }) };
  });
  if (unclear.length > 0) throw isTwice(columns, unclear);
  if (!columns.some(({ as }) => as === 'phone' || as === 'communicationUserId')) throw namesNobody(header, columns);
  return columns;
}

/** Gives a name to columns without one, and different names to columns of the same name that are kept as they are. */
function named(header: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((name, index) => {
    const own = name || `column ${index + 1}`;
    const before = seen.get(own) ?? 0;
    seen.set(own, before + 1);
    return before === 0 || meaningOf(own) ? own : `${own} (${before + 1})`;
  });
}

function mapped(known: KnownColumn, wanted: string, names: readonly string[]): number {
  const exact = names.indexOf(wanted.trim());
  const index = exact >= 0 ? exact : names.findIndex((name) => plainName(name) === plainName(wanted));
  if (index >= 0) return index;
  throw new InvalidInputError('The list has no such column', [
    `${known}: there is no column ${masked(wanted)}; its columns are ${listed(names)}`,
  ]);
}

/** The columns that are one of ours: what the request says, or else all of the plainest name among the `guessed`. */
function indexesOf(
  known: KnownColumn,
  names: readonly string[],
  guessed: readonly string[],
  mapping: Mapping,
): readonly number[] {
  const wanted = mapping[known];
  if (wanted !== undefined) return wanted === '' ? [] : [mapped(known, wanted, names)];
  const isMapped = (name: string): boolean =>
    Object.values(mapping).some((other) => plainName(other) === plainName(name));
  const candidates = guessed.flatMap((name, index) => {
    const meant = meaningOf(name);
    return meant?.known === known && !isMapped(name) ? [{ index, rank: meant.rank }] : [];
  });
  const least = Math.min(...candidates.map(({ rank }) => rank));
  return candidates.filter(({ rank }) => rank === least).map(({ index }) => index);
}

function isTwice(found: readonly Column[], unclear: readonly Unclear[]): UnclearColumnsError {
  const [{ as, columns } = { as: 'phone', columns: [] }] = unclear;
  const which = `?${as}=${encodeURIComponent(columns[0] ?? '')}`;
  const problem = `${listed(columns)} are all taken for ${as}; say which one it is: ${which}`;
  return new UnclearColumnsError(`The list has the column ${as} twice`, problem, found, unclear);
}

const listed = (names: readonly string[]): string => masked(names.map((name) => name.slice(0, 60)).join(', '));

function namesNobody(header: readonly string[], found: readonly Column[]): InvalidInputError {
  const what = 'The list has no column phone or communicationUserId';
  const isPerson = header.some((cell) => /^\+?[\d\s().-]{7,}$/.test(cell));
  if (isPerson) {
    const advice = 'its first row seems to be a person; the first row must name the columns, e.g. phone,name';
    return new InvalidInputError(what, [advice]);
  }
  const problem = `its first row names ${header.length} columns: ${listed(header)}; rename the one with the numbers to phone, or say which one it is: ?phone=…`;
  return new UnclearColumnsError(what, problem, found, [{ as: 'phone', columns: [] }]);
}

/** The delimiter of a list by its first row: the one that gives known columns, or else the most columns. */
export function delimiterOf(row: string): string {
  const unquoted = row.replace(/"(?:[^"]|"")*"/g, (cell) => cell.replace(/[,;\t|]/g, ' '));
  const scored = DELIMITERS.map((delimiter) => {
    const cells = unquoted.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    return { delimiter, known: cells.filter((cell) => meaningOf(cell)).length, count: cells.length };
  });
  const [best] = scored.sort((a, b) => b.known - a.known || b.count - a.count);
  return best?.delimiter ?? ',';
}
