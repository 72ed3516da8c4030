import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { RpcTypedData } from './core-types.ts';

/** The text of a message under `messageEncoding`; undefined if it is not base64 although it should be. */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): string | undefined {
  if (encoding === 'none') return text;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}

/**
 * `context.triggerMetadata` of a queue-triggered function, as the Functions host sends it.
 *
 * Top-level members of a JSON message are in it as well and win over the metadata of the same name: the host does that
 * (azure-functions-nodejs-library issue 459), so a handler must not read, say, `triggerMetadata.id` of a message with an `id`.
 */
export function queueMetadata(message: DequeuedMessageItem, text: string): Record<string, RpcTypedData> {
  return withPayload(
    {
      QueueTrigger: { string: text },
      Id: { string: message.messageId },
      PopReceipt: { string: message.popReceipt },
      DequeueCount: { json: String(message.dequeueCount) },
      InsertionTime: dateTimeOffset(message.insertedOn),
      ExpirationTime: dateTimeOffset(message.expiresOn),
      NextVisibleTime: dateTimeOffset(message.nextVisibleOn),
    },
    text,
  );
}

/** The metadata of a run by hand: there is no message, only its text. */
export function manualMetadata(text: string): Record<string, RpcTypedData> {
  return withPayload({ QueueTrigger: { string: text }, DequeueCount: { json: '0' } }, text);
}

function dateTimeOffset(date: Date): RpcTypedData {
  return { json: JSON.stringify(date.toISOString().replace(/\.\d+Z$/, '+00:00')) };
}

function withPayload(metadata: Record<string, RpcTypedData>, text: string): Record<string, RpcTypedData> {
  const merged = new Map(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  for (const [name, value] of Object.entries(parseObject(text))) {
    if (Array.isArray(value) || value === null) continue;
    // The host's dictionary does not tell upper from lower case; a name keeps the case it first had.
    const known = merged.get(name.toLowerCase())?.name ?? name;
    const data = typeof value === 'object' ? { json: JSON.stringify(value) } : { string: String(value) };
    merged.set(name.toLowerCase(), { name: known, value: data });
  }
  return Object.fromEntries([...merged.values()].map(({ name, value }) => [name, value]));
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
