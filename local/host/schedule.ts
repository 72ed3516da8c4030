import { Cron } from 'croner';

const names = 'SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const value = `(?:\\d+|${names})`;
const item = `(?:\\*|${value}(?:-${value})?)(?:/\\d+)?`;
const field = new RegExp(`^${item}(?:,${item})*$`, 'i');

/**
 * A schedule in NCRONTAB, `{second} {minute} {hour} {day} {month} {day of week}`, in UTC (platform docs: Timer trigger).
 *
 * Unlike in cron, day and day of week must both match, so the cron library is told so.
 */
export class Schedule {
  readonly #cron: Cron;

  constructor(expression: string) {
    const fields = expression.trim().split(/\s+/);
    if (fields.length !== 6 || !fields.every((part) => field.test(part))) {
      throw new Error(
        `The schedule "${expression}" is not a six-field NCRONTAB expression ` +
          '{second} {minute} {hour} {day} {month} {day of week}; TimeSpan schedules are not supported by the local host.',
      );
    }
    this.#cron = new Cron(fields.join(' '), { timezone: 'UTC', mode: '6-part', domAndDow: true, paused: true });
  }

  /** The first occurrence after a moment; undefined if there is none (31 February). */
  next(after: Date): Date | undefined {
    return this.#cron.nextRun(after) ?? undefined;
  }
}
