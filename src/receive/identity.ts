import { parseIp } from '../util/ip.ts';

/** Whom a listener takes messages from, and under which name. */
export interface PeerPolicy {
  /** Target by address. */
  readonly peers: ReadonlyMap<string, string>;
  /** Takes messages from addresses that are not in `peers` too; their name is the address. */
  readonly anyPeer: boolean;
}

/**
 * Name of a peer that connects from an address; null where it is to be refused. What a message says of its host
 * plays no part: a host cannot speak for another.
 */
export function createPeerNames({ peers, anyPeer }: PeerPolicy): (address: string) => string | null {
  const byAddress = new Map([...peers].map(([address, name]) => [keyOf(address), name]));
  return (address) => byAddress.get(keyOf(address)) ?? (anyPeer ? toAddressName(address) : null);
}

/** IPv4 addresses reach a socket of both kinds as `::ffff:10.0.0.5`. */
function keyOf(address: string): string {
  const ip = parseIp(address);
  return ip === null ? address : `${ip.version} ${ip.bits}`;
}

function toAddressName(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d{1,3}\.)/i, '').replace(/%.*$/, '');
  return parseIp(plain) === null ? null : plain.toLowerCase();
}

/** What of a certificate names its owner, as `getPeerX509Certificate` gives it. */
export interface NamedCertificate {
  /** E.g. `DNS:web01.example.org, IP Address:10.0.0.5`. */
  readonly subjectAltName: string | undefined;
  /** One attribute to a line, e.g. `O=Example\nCN=web01`. */
  readonly subject: string;
}

/**
 * The name that a verified certificate was issued to: its first DNS name, or its common name where it has no
 * alternative names at all (RFC 6125, 6.4.4). Null where that is none that can be a host's.
 */
export function findCertificateName({ subjectAltName, subject }: NamedCertificate): string | null {
  if (subjectAltName === undefined) return commonName(subject);
  // Names with special characters are quoted, and may hold what looks like further entries.
  if (subjectAltName.includes('"')) return null;
  const first = subjectAltName.split(', ').find((entry) => entry.startsWith('DNS:'));
  return first === undefined ? null : toHostName(first.slice('DNS:'.length));
}

/** Two common names leave open which of them counts. */
function commonName(subject: string): string | null {
  const names = subject.split('\n').filter((line) => line.startsWith('CN='));
  return names.length === 1 ? toHostName(names[0]?.slice('CN='.length) ?? '') : null;
}

/** A name becomes a folder's: letters, digits, dots and hyphens. A wildcard names nobody. */
function toHostName(name: string): string | null {
  return HOST_NAME.test(name) ? name.toLowerCase() : null;
}

/** A DNS name has 253 characters at most, and a folder's name 255. */
export const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
