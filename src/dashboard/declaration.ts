import { soundIn } from './parts/sound-field.tsx';

/** The form's values as the body of `POST /api/outages`. Empty fields are left out; the app validates the rest. */
export function declarationIn(form: FormData): object {
  const text = (name: string): string | undefined => String(form.get(name) ?? '').trim() || undefined;
  const number = (name: string): number | undefined => (text(name) === undefined ? undefined : Number(text(name)));
  /** The input is in the reader's time zone. */
  const moment = (name: string): string | undefined => {
    const local = text(name);
    return local === undefined ? undefined : new Date(local).toISOString();
  };
  const list = (name: string): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  const operators = list('operators');
  const callers = list('callers');
  const [from, to] = [text('quietFrom'), text('quietTo')];
  return withoutEmpty({
    id: text('id'),
    title: text('title'),
    urgency: form.get('emergency') === null ? undefined : 'emergency',
    estimate: text('estimate'),
    startAt: moment('startAt'),
    expiresAt: moment('expiresAt'),
    maxConcurrentCalls: number('maxConcurrentCalls'),
    defaultCountry: text('defaultCountry'),
    retry: withoutEmpty({ maxAttempts: number('maxAttempts') }),
    quietHours: from || to ? { from, to, timeZone: text('quietZone') } : undefined,
    callers: callers.length > 0 ? callers.map(callerOf) : undefined,
    script: withoutEmpty({
      message: soundIn(form, 'message'),
      thanks: soundIn(form, 'thanks'),
      unavailable: soundIn(form, 'unavailable'),
      replays: number('replays'),
      keys: withoutEmpty(Object.fromEntries(MEANINGS.map((meaning) => [meaning, text(`key.${meaning}`)]))),
      operators: operators.length > 0 ? operators.map(operatorOf) : undefined,
    }),
  });
}

const MEANINGS = ['acknowledge', 'operator', 'optOut', 'replay'];

const withoutEmpty = (given: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

function callerOf(entry: string): object {
  const [number, lines] = entry.split(':');
  return { number, ...(lines !== undefined && { lines: Number(lines) }) };
}

const operatorOf = (entry: string): object =>
  entry.startsWith('8:') ? { communicationUser: { id: entry } } : { phoneNumber: { value: entry } };
