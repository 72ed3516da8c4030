import type { ListCheck } from './list-check.ts';
import { MAX_REJECTIONS } from './list-parts.ts';

/** The check of a list in parts. People whom two parts name count twice. @param linesBefore lines of the list before the later part. */
export function withCheckPart(check: ListCheck | undefined, later: ListCheck, linesBefore: number): ListCheck {
  if (check === undefined) return later;
  const moved = (line: number): number => line + linesBefore;
  return {
    ...check,
    wouldBeAdded: check.wouldBeAdded + later.wouldBeAdded,
    alreadyThere: check.alreadyThere + later.alreadyThere,
    duplicates: check.duplicates + later.duplicates,
    optedOut: check.optedOut + later.optedOut,
    rejected: check.rejected + later.rejected,
    duplicateRows: [
      ...check.duplicateRows,
      ...later.duplicateRows.map(({ line, first }) => ({ line: moved(line), first: moved(first) })),
    ].slice(0, MAX_REJECTIONS),
    rejections: [
      ...check.rejections,
      ...later.rejections.map(({ line, reason }) => ({ line: moved(line), reason })),
    ].slice(0, MAX_REJECTIONS),
    countries: sum(check.countries, later.countries),
    kinds: sum(check.kinds, later.kinds),
    timeZones: {
      ...check.timeZones,
      given: sum(check.timeZones.given, later.timeZones.given),
      missing: check.timeZones.missing + later.timeZones.missing,
      missingInNorthAmerica: check.timeZones.missingInNorthAmerica + later.timeZones.missingInNorthAmerica,
    },
  };
}

type Counts = Readonly<Partial<Record<string, number>>>;

function sum(a: Counts, b: Counts): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [key, count = 0] of [...Object.entries(a), ...Object.entries(b)]) all[key] = (all[key] ?? 0) + count;
  return all;
}

/**
 * The rejected rows of a later part of a list, to be put after those of the parts before it.
 * @param csv its download: a header row, then rows that begin with the line.
 */
export function laterRejected(csv: string, linesBefore: number): string {
  const [, ...lines] = csv.split('\n');
  let isInCell = false;
  const moved = lines.map((line) => {
    const begins = !isInCell;
    if (line.split('"').length % 2 === 0) isInCell = !isInCell;
    return begins ? line.replace(/\d+/, (number) => String(Number(number) + linesBefore)) : line;
  });
  return moved.join('\n');
}
