import { InvalidInputError, TooLargeError } from '../base/errors.ts';
import { toCamelCase } from './casing.ts';
import { type CallEvent, parseCallEvent, unknownEvent } from './events.ts';
import { isCloudEvent, parseCloudEvent } from './ga/events.ts';

/** Longer data of an odd event is left out, characters: it has to fit into a column. */
const MAX_ODD_DATA = 10_000;

/** ACS was seen to send one event in each callback. Each costs requests to storage. */
const MAX_EVENTS = 100;

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses a callback body of either API: one event, or an array of events. An odd element (an unknown key, a text where a
 * number belongs, no time) is kept like an event of unknown type, so that it does not hold up its neighbours.
 * @throws InvalidInputError naming the element and field if no element names its type; TooLargeError.
 */
export function parseCallEvents(body: unknown, now = new Date()): CallEvent[] {
  const elements: unknown[] = Array.isArray(body) ? body : [body];
  mustBeFew(elements);
  if (elements.length === 0) throw new InvalidInputError('The callback contains no event', ['the array is empty']);
  const isAnyTyped = elements.some((element) => typeOf(element) !== undefined);
  const events = elements.flatMap((element, index) => {
    try {
      return isCloudEvent(element) ? parseCloudEvent(element, index) : parseCallEvent(element, index);
    } catch (error) {
      if (!isAnyTyped || !(error instanceof InvalidInputError)) throw error;
      return oddEvent(element, error.problems, now);
    }
  });
  mustBeFew(events);
  return events;
}

function mustBeFew(events: readonly unknown[]): void {
  if (events.length > MAX_EVENTS)
    throw new TooLargeError(`The callback contains ${events.length} events; at most ${MAX_EVENTS} are accepted`);
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const textIn = (element: unknown, ...names: readonly string[]): string | undefined =>
  isJson(element)
    ? names
        .map((name) => element[name])
        .find((value) => typeof value === 'string' && value !== '')
        ?.toString()
    : undefined;

const typeOf = (element: unknown): string | undefined =>
  textIn(element, 'type', 'eventType', 'EventType')?.slice(0, 256);

/** @param problems say why it is odd, for the view of its call. */
function oddEvent(element: unknown, problems: readonly string[], now: Date): CallEvent {
  const event = toCamelCase(element);
  const given = isJson(event) && isJson(event['data']) ? event['data'] : {};
  const data = JSON.stringify(given).length > MAX_ODD_DATA ? {} : given;
  const time = textIn(event, 'time', 'eventTime') ?? '';
  const occurredAt = Number.isNaN(Date.parse(time)) ? now.toISOString() : time;
  const callLegId = given['callLegId'] ?? given['callConnectionId'];
  return unknownEvent(typeOf(element) ?? 'no type', occurredAt, callLegId, { ...data, problems });
}
