import { DateTime } from 'luxon';
import { z } from 'zod';
import { TimeZone } from '../time-zones.ts';

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, e.g. 21:00');

/** Nobody is called from `from` until `to`, local time. The hours cross midnight if `to` is not after `from`. */
export const QuietHours = z
  .strictObject({
    from: TimeOfDay.describe('Start, local time.'),
    to: TimeOfDay.describe('End, local time; on the next day if it is not after `from`.'),
    timeZone: TimeZone.describe('The time zone of recipients without one of their own (`timeZone` in the list).'),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'must differ from `from`: nobody could ever be called',
  });
export type QuietHours = z.infer<typeof QuietHours>;

/** Quiet hours as they are stored: they can be read even if their zone would not be accepted today. */
export const StoredQuietHours = z.object({ from: z.string(), to: z.string(), timeZone: z.string() });

/**
 * When a recipient who is due may be called: at once, or when their quiet hours end. Works on local time, so it is
 * right when clocks change: an hour that occurs twice is quiet twice, and skipped quiet time is not waited for.
 * @param timeZone the recipient's own, if it is known.
 */
export function callableFrom(due: Date, quiet: QuietHours | undefined, timeZone: string | undefined): Date {
  if (!quiet) return due;
  const zone = timeZone ?? quiet.timeZone;
  let moment: DateTime = DateTime.fromJSDate(due, { zone });
  // At most twice: if the local time `to` itself occurs twice, quiet minutes follow its first occurrence.
  while (isQuiet(moment, quiet)) moment = endAfter(moment, quiet);
  return moment.toJSDate();
}

function isQuiet(moment: DateTime, { from, to }: QuietHours): boolean {
  const now = moment.toFormat('HH:mm');
  return from < to ? from <= now && now < to : now >= from || now < to;
}

/** The next moment at which the local time is `to`. */
function endAfter(moment: DateTime, { to }: QuietHours): DateTime {
  const [hour = 0, minute = 0] = to.split(':').map(Number);
  const today = moment.set({ hour, minute, second: 0, millisecond: 0 });
  if (today > moment) return today;
  const tomorrow = moment.plus({ days: 1 }).set({ hour, minute, second: 0, millisecond: 0 });
  // If clocks are set back in between, `to` occurs again within the hour.
  const again = today.plus({ hours: 1 });
  return again > moment && again.toFormat('HH:mm') === to ? again : tomorrow;
}
