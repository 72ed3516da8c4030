import { InvalidInputError } from '../base/errors.ts';
import { type CallEvent, parseCallEvent } from './events.ts';
import { isCloudEvent, parseCloudEvent } from './ga/events.ts';

/**
 * Parses a callback body of either API: one event, or an array of events.
 * @throws InvalidInputError naming the element and field; apply none of the events then.
 */
export function parseCallEvents(body: unknown): CallEvent[] {
  const elements = Array.isArray(body) ? body : [body];
  if (elements.length === 0) throw new InvalidInputError('The callback contains no event', ['the array is empty']);
  return elements.flatMap((element, index) =>
    isCloudEvent(element) ? parseCloudEvent(element, index) : parseCallEvent(element, index),
  );
}
