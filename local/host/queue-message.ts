import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { RpcTypedData } from './core-types.ts';

/** Decodes a message according to `messageEncoding`. Returns undefined if it should be base64 and is not. */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): string | undefined {
  if (encoding === 'none') return text;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}

/**
 * `context.triggerMetadata` of a function with a queue trigger, as the Functions host sends it. Top-level members of a
 * JSON message replace the metadata of the same name (azure-functions-nodejs-library issue 459). So
 * `triggerMetadata.id` is not the message id if the message has a member `id`.
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

/** The metadata of a run through the admin API, which has no message, only a text. */
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
    // The host's dictionary ignores case. A name keeps the case in which it was first added.
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
