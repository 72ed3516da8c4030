import { createHash } from 'node:crypto';
import type { RequestIdentity } from '../port.ts';

/**
 * Headers that make a retry the same request, even from another process after a crash (OASIS Repeatable Requests 1.0).
 * The SDK creates a new id for each method call; these custom headers replace it (`@azure/core-client`,
 * serializationPolicy) and stay the same in the SDK's own retries.
 * @param part tells apart the requests of one operation.
 */
export function repeatable({ identity, firstAskedAt }: RequestIdentity, part = '') {
  return {
    requestOptions: {
      customHeaders: {
        'Repeatability-Request-ID': uuidOf(`${identity} ${part}`),
        'Repeatability-First-Sent': firstAskedAt.toUTCString(),
      },
    },
  };
}

/** A digest in the form of a version 4 UUID, which the service requires. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
