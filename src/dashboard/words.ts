import { OUTCOME_GLOSSARY } from '../lib/rules/calls/outcome-glossary.ts';
import type { HeldBecause, Outage, OutageState, Outcome, Person } from './types.ts';

/** Labels of outcomes and states, and the format of times and numbers. */

const LABELS: ReadonlyMap<Outcome, string> = new Map(OUTCOME_GLOSSARY.map(({ outcome, label }) => [outcome, label]));
export const nameOf = (outcome: Outcome): string => LABELS.get(outcome) ?? outcome;

export const STATES: Readonly<Record<OutageState, string>> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  running: 'Running',
  paused: 'Paused',
  cancelling: 'Stopping',
  restoring: 'All-clear going out',
  finished: 'Finished',
  cancelled: 'Cancelled',
  restored: 'Restored',
};

/** The limits that hold somebody back. */
export const LIMITS: readonly HeldBecause[] = ['tooSoon', 'dailyCap'];

export const HELD_BACK: Readonly<Record<HeldBecause, string>> = {
  tooSoon: 'their number was called a moment ago',
  dailyCap: 'their number was called too often in 24 hours',
};

/** Why nobody new is called today. */
export const SPENT_UP = {
  calls: 'the calls of the day are used up',
  minutes: 'the minutes of the day are used up',
} as const;

const NUMBER = new Intl.NumberFormat('en');
export const count = (number: number): string => NUMBER.format(number);
export const people = (number: number): string => `${count(number)} ${number === 1 ? 'person' : 'people'}`;

/** How many people were told. */
export const toldIn = ({ outcomes }: Outage): number =>
  OUTCOME_GLOSSARY.reduce((sum, { outcome, isTold }) => sum + (isTold ? (outcomes[outcome] ?? 0) : 0), 0);

export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 1 ? '<1 %' : `${Math.floor(percent)} %`;
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const SECOND = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

const isToday = (date: Date): boolean => date.toDateString() === new Date().toDateString();

/** The time of day in the reader's time zone; with the day if it is not today. */
export function when(iso: string): string {
  const date = new Date(iso);
  return isToday(date) ? TIME.format(date) : `${DAY.format(date)}, ${TIME.format(date)}`;
}

export const toTheSecond = (time: string | Date): string => SECOND.format(new Date(time));

export const whose = ({ name, phone, communicationUserId, recipientId }: Person): string =>
  name ?? phone ?? communicationUserId ?? recipientId;
