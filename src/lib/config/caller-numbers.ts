import { z } from 'zod';
import { Caller, DEFAULT_LINES } from '../rules/outages/outage.ts';

/** A caller; with `account`, the object id of the Teams resource account whose number it is. */
const ListedCaller = Caller.extend({ account: z.guid().toLowerCase().optional() });

const CALLER = /^(?<number>[^@:]+)(?:@(?<account>[^@:]+))?(?::(?<lines>[^@:]+))?$/;

/** The setting CALLER_NUMBERS. */
export const CallerNumbers = z.string().transform((text, context) => {
  const callers = text.split(',').flatMap((entry) => {
    const { number, account, lines = DEFAULT_LINES } = CALLER.exec(entry.trim())?.groups ?? {};
    const caller = ListedCaller.safeParse({ number, account, lines: Number(lines) });
    if (caller.success) return [caller.data];
    context.addIssue(
      'must be a comma-separated list of number:lines, e.g. +14255550190:2, and number@account:lines for a Teams resource account, whose object id is a GUID',
    );
    return [];
  });
  const accounts = callers.flatMap(({ account }) => account ?? []);
  const numbers = callers.map(({ number }) => number);
  if ([numbers, accounts].some((named) => new Set(named).size < named.length)) {
    context.addIssue('must name each number and each Teams resource account once');
  }
  return callers;
});
