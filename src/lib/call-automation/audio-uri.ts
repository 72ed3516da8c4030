import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** Networks that are not the public internet: private, shared, loopback, link-local, multicast and reserved (IANA). */
const NETWORKS: readonly (readonly [network: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'], // Azure's own, inside each virtual network
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const NOT_PUBLIC = new BlockList();
for (const network of NETWORKS) NOT_PUBLIC.addSubnet(...network);

/** Names that only a private network resolves: without a dot, or in a zone kept for them (RFC 6761, 6762, 9476). */
const PRIVATE_NAME = /^[^.]*$|\.(?:localhost|local|internal|intranet|lan|home\.arpa|corp|home)$/;

/** True if the host of a URL is no public one. A name is judged as it is written: it is not resolved. */
export function isPrivate(url: string): boolean {
  // Parsing a URL also turns 0x7f.1 and 2130706433 into 127.0.0.1.
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const version = isIP(host);
  return version === 0 ? PRIVATE_NAME.test(host) : NOT_PUBLIC.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

const hasUserInfo = (url: string): boolean => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return Boolean(parsed?.username || parsed?.password);
};

/** The URL of an audio file. Parsers of URLs drop line ends and tabs, so these are refused before one sees them. */
export const AudioUri = z
  .string()
  .regex(/^[^\s\p{Cc}\\]*$/u, 'must not contain spaces, line ends or backslashes')
  .pipe(
    z
      .url({ protocol: /^https?$/, message: 'must be the http(s) URL of a WAV file (mono, 16 bit, 16 kHz)' })
      .refine((url) => !hasUserInfo(url), 'must not contain a user or a password'),
  );
