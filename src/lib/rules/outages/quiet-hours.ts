import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, e.g. 21:00');

/** To look a name up takes a quarter of a millisecond, and a list has the same few again and again: those that there are, are kept. */
const zones = new Set<string>();

function isZone(name: string): boolean {
  if (zones.has(name)) return true;
  const isThere = IANAZone.isValidZone(name);
  if (isThere) zones.add(name);
  return isThere;
}

/** The name of a place's time, e.g. `America/Los_Angeles`. */
export const TimeZone = z.string().refine(isZone, { message: 'must be an IANA time zone, e.g. America/Los_Angeles' });

/** Nobody is called from `from` until `to` by the clock on their wall; over midnight where `to` is not after `from`. */
export const QuietHours = z
  .strictObject({
    from: TimeOfDay.describe('When they begin, local time.'),
    to: TimeOfDay.describe('When they end, local time; the next day if that is not after `from`.'),
    timeZone: TimeZone.describe('The clock that counts for whoever has none of their own (`timeZone` in the list).'),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'must differ from `from`: nobody could ever be called',
  });
export type QuietHours = z.infer<typeof QuietHours>;

/**
 * When somebody who is due may be called: then, or when their quiet hours are over. By the wall clock, so that it is
 * right on the days when clocks are changed: an hour that comes twice is quiet twice, one that is left out ends with it.
 * @param timeZone the recipient's own, if it is known.
 */
export function callableFrom(due: Date, quiet: QuietHours | undefined, timeZone: string | undefined): Date {
  if (!quiet) return due;
  const zone = timeZone ?? quiet.timeZone;
  let moment: DateTime = DateTime.fromJSDate(due, { zone });
  // At most twice: where the end of the quiet hours itself comes twice, the first is still followed by quiet minutes.
  while (isQuiet(moment, quiet)) moment = endAfter(moment, quiet);
  return moment.toJSDate();
}

function isQuiet(moment: DateTime, { from, to }: QuietHours): boolean {
  const now = moment.toFormat('HH:mm');
  return from < to ? from <= now && now < to : now >= from || now < to;
}

/** The next time that the wall clock shows `to`. */
function endAfter(moment: DateTime, { to }: QuietHours): DateTime {
  const [hour = 0, minute = 0] = to.split(':').map(Number);
  const today = moment.set({ hour, minute, second: 0, millisecond: 0 });
  if (today > moment) return today;
  const tomorrow = moment.plus({ days: 1 }).set({ hour, minute, second: 0, millisecond: 0 });
  // Where clocks are set back between the two, `to` comes again within the hour.
  const again = today.plus({ hours: 1 });
  return again > moment && again.toFormat('HH:mm') === to ? again : tomorrow;
}
