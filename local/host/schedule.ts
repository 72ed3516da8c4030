import { Cron } from 'croner';

const NAMES = 'SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const VALUE = `(?:\\d+|${NAMES})`;
const ITEM = `(?:\\*|${VALUE}(?:-${VALUE})?)(?:/\\d+)?`;
const FIELD = new RegExp(`^${ITEM}(?:,${ITEM})*$`, 'i');

/**
 * An NCRONTAB schedule, `{second} {minute} {hour} {day} {month} {day of week}`, in UTC (platform docs: Timer trigger).
 * Unlike in cron, both day and day of week must match, hence `domAndDow`.
 */
export class Schedule {
  readonly #cron: Cron;

  /** @throws Error if the expression is not valid. */
  constructor(expression: string) {
    const fields = expression.trim().split(/\s+/);
    if (fields.length !== 6 || !fields.every((part) => FIELD.test(part))) {
      throw new Error(
        `The schedule "${expression}" is not a six-field NCRONTAB expression ` +
          '{second} {minute} {hour} {day} {month} {day of week}; TimeSpan schedules are not supported by the local host.',
      );
    }
    this.#cron = new Cron(fields.join(' '), { timezone: 'UTC', mode: '6-part', domAndDow: true, paused: true });
  }

  /** The first occurrence after a time; undefined if there is none (31 February). */
  next(after: Date): Date | undefined {
    return this.#cron.nextRun(after) ?? undefined;
  }
}
