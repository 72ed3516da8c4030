import { createHash } from 'node:crypto';
import type { RequestIdentity } from '../port.ts';

/**
 * What makes a request the same request when it is asked again, even by another process after a crash (OASIS Repeatable
 * Requests 1.0). The SDK makes a new id at each method call and sets its own headers first; custom headers come after them
 * (`@azure/core-client`, serializationPolicy), and before the SDK tries again.
 * @param part which of the requests it takes to do what was asked.
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

/** A digest in the shape of a random UUID (version 4), which is what the service takes. */
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
