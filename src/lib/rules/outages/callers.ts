import type { Caller } from './outage.ts';

/** An outage calls from numbers of the setting `CALLER_NUMBERS` only, and has at most as many lines of each. */

/**
 * What is wrong with the callers that a declaration asks for, one problem a field.
 * @param ours those of the setting.
 */
export function callerProblems(asked: readonly Caller[], ours: readonly Caller[]): string[] {
  const allowed = linesByNumber(ours);
  return asked.flatMap(({ number, lines }, index) => {
    const most = allowed.get(number);
    if (most === undefined) return [`callers.${index}.number: is not one of CALLER_NUMBERS`];
    const isRepeated = asked.findIndex((caller) => caller.number === number) < index;
    if (isRepeated) return [`callers.${index}.number: is listed twice`];
    return lines > most ? [`callers.${index}.lines: must be at most ${most}, as in CALLER_NUMBERS`] : [];
  });
}

/** Which of these callers may be used now, and how many of their lines. The setting may have changed since the declaration. */
export function usableCallers(asked: readonly Caller[], ours: readonly Caller[]): Caller[] {
  const allowed = linesByNumber(ours);
  return [...linesByNumber(asked)]
    .map(([number, lines]) => ({ number, lines: Math.min(lines, allowed.get(number) ?? 0) }))
    .filter(({ lines }) => lines > 0);
}

/** The lines of these callers that may not be used now. */
export function unusedCallers(asked: readonly Caller[], ours: readonly Caller[]): Caller[] {
  const usable = linesByNumber(usableCallers(asked, ours));
  return [...linesByNumber(asked)]
    .map(([number, lines]) => ({ number, lines: lines - (usable.get(number) ?? 0) }))
    .filter(({ lines }) => lines > 0);
}

/** A number that an earlier version let in twice has its lines once. */
function linesByNumber(callers: readonly Caller[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const caller of callers) lines.set(caller.number, Math.max(caller.lines, lines.get(caller.number) ?? 0));
  return lines;
}
