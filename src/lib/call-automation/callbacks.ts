import { InvalidInputError } from '../base/errors.ts';
import { type CallEvent, parseCallEvent } from './events.ts';
import { isCloudEvent, parseCloudEvent } from './ga/events.ts';

/**
 * Reads a callback's body, whichever API posts it: one event or an array of them.
 * @throws InvalidInputError naming the element and field; nothing of the body is to be applied then.
 */
export function parseCallEvents(body: unknown): CallEvent[] {
  const elements = Array.isArray(body) ? body : [body];
  if (elements.length === 0) throw new InvalidInputError('The callback holds no event', ['the array is empty']);
  return elements.flatMap((element, index) =>
    isCloudEvent(element) ? parseCloudEvent(element, index) : parseCallEvent(element, index),
  );
}
