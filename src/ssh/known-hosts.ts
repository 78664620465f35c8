import { createHmac, timingSafeEqual } from 'node:crypto';
import { matchesWildcard } from './wildcard.ts';

/** One usable line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  /** Null for an ordinary host key. */
  readonly marker: 'cert-authority' | 'revoked' | null;
  readonly names: HostNames;
  /** Name of the key's type, e.g. `ssh-ed25519`. */
  readonly type: string;
  /** The key as it goes over the wire. */
  readonly key: Uint8Array;
  /** 1-based. */
  readonly line: number;
}

/** Whom a line speaks of: a hashed name, or patterns of which those with `not` exclude. */
export type HostNames =
  | { readonly salt: Uint8Array; readonly hash: Uint8Array }
  | { readonly patterns: readonly { readonly text: string; readonly not: boolean }[] };

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Lines that cannot be used, as `file:line: why`; no content is quoted. */
  readonly problems: readonly string[];
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/**
 * What the pinned keys say of the key that a host shows. `changed`: another key of this type is pinned for it, as
 * OpenSSH has it. Authorities are no pinned keys: certificates of hosts cannot be verified here.
 */
export function verifyHostKey(
  entries: readonly KnownHost[],
  host: string,
  port: number,
  key: Uint8Array,
): HostKeyVerdict {
  const own = entries.filter((entry) => isNamed(entry.names, toHostName(host, port)));
  const same = own.filter((entry) => isEqual(entry.key, key));
  if (same.some((entry) => entry.marker === 'revoked')) return 'revoked';
  const pinned = own.filter((entry) => entry.marker === null);
  if (same.some((entry) => entry.marker === null)) return 'known';
  const type = typeOfKey(key);
  return pinned.some((entry) => entry.type === type) ? 'changed' : 'unknown';
}

/** Types of the keys that are pinned for a host: it has to be asked for one of these. */
export function pinnedTypes(entries: readonly KnownHost[], host: string, port: number): readonly string[] {
  const name = toHostName(host, port);
  const own = entries.filter((entry) => entry.marker === null && isNamed(entry.names, name));
  return [...new Set(own.map((entry) => entry.type))];
}

// A known_hosts line holds one key; the longest in use (RSA with 16384 bits) takes 2.8 KB of base64.
const MAX_LINE = 16_384;
// A million hosts with a line each are not pinned by hand; 100,000 lines take some 40 MB as objects.
const MAX_LINES = 100_000;

/** Reads a known_hosts file. Total: any text, and every line that is neither used nor a comment is a problem. */
export function parseKnownHosts(file: string, text: string): KnownHosts {
  const entries: KnownHost[] = [];
  const problems: string[] = [];
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) problems.push(`${file}: lines after the ${MAX_LINES}th are not read`);
  for (const [index, raw] of lines.slice(0, MAX_LINES).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = raw.length > MAX_LINE ? 'the line is too long' : parseLine(line, index + 1);
    if (typeof entry === 'string') problems.push(`${file}:${index + 1}: ${entry}`);
    else entries.push(entry);
  }
  return { entries, problems };
}

/** The entry, or why there is none. */
function parseLine(text: string, line: number): KnownHost | string {
  const fields = text.split(/[ \t]+/, 5);
  const marker = MARKERS[fields[0] ?? ''] ?? null;
  if (marker === null && text.startsWith('@')) return 'the marker is unknown';
  const [hosts = '', type = '', base64 = ''] = marker === null ? fields : fields.slice(1);
  if (base64 === '') return 'there must be host names, a key type and a key';
  if (!BASE64.test(base64)) return 'the key is not base64';
  const key = Buffer.from(base64, 'base64');
  if (typeOfKey(key) !== type) return 'the key is not of the type that the line names';
  const names = hosts.startsWith('|') ? parseHashed(hosts) : parsePatterns(hosts);
  return names === null ? 'the hashed host name is damaged' : { marker, names, type, key, line };
}

const MARKERS: Readonly<Record<string, KnownHost['marker']>> = {
  '@cert-authority': 'cert-authority',
  '@revoked': 'revoked',
};
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** `|1|SALT|HASH`: HMAC-SHA1 of the name under the salt, both of 20 bytes. */
function parseHashed(text: string): HostNames | null {
  const [, magic, salt = '', hash = '', ...more] = text.split('|');
  if (magic !== '1' || more.length > 0) return null;
  const names = { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  return names.salt.length === 20 && names.hash.length === 20 ? names : null;
}

function parsePatterns(text: string): HostNames {
  const patterns = text
    .split(',')
    .filter((one) => one !== '' && one !== '!')
    .map((one) => ({ text: one.replace(/^!/, '').toLowerCase(), not: one.startsWith('!') }));
  return { patterns };
}

/** How known_hosts calls a host: by its name alone on port 22, else as `[name]:port`. */
function toHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** An exclusion that matches outweighs whatever else does. */
function isNamed(names: HostNames, name: string): boolean {
  if ('hash' in names) {
    const hash = createHmac('sha1', names.salt).update(name).digest();
    return timingSafeEqual(hash, names.hash);
  }
  const matching = names.patterns.filter((pattern) => matchesWildcard(pattern.text, name));
  return matching.length > 0 && matching.every((pattern) => !pattern.not);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** A key on the wire begins with the length and name of its type (RFC 4253, 6.6); empty where it does not. */
export function typeOfKey(key: Uint8Array): string {
  if (key.length < 4) return '';
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const length = view.getUint32(0);
  if (length === 0 || length > 64 || key.length < 4 + length) return '';
  return Buffer.from(key.subarray(4, 4 + length)).toString('latin1');
}
