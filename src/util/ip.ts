/** An address. `::ffff:a.b.c.d` is the IPv4 address it stands for: logs of one host mix both spellings. */
export interface Ip {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

/** An address block; a single address is a block of its full length. */
export interface Cidr extends Ip {
  readonly prefix: number;
}

/** The longest spelling is 45 characters; a zone id (`%eth0`) may follow. */
const LONGEST = 64;
const MAPPED = 0xffffn;

/**
 * Reads an IPv4 or IPv6 address; null where the text is none. A zone id is ignored.
 * Octets with a leading zero are refused: programs disagree whether 010 is 10 or 8.
 */
export function parseIp(text: string): Ip | null {
  if (text.length > LONGEST) return null;
  if (!text.includes(':')) {
    const bits = parseV4(text);
    return bits === null ? null : { version: 4, bits };
  }
  const bits = parseV6(text.replace(/%[\w.-]+$/, ''));
  if (bits === null) return null;
  return bits >> 32n === MAPPED ? { version: 4, bits: bits & 0xffffffffn } : { version: 6, bits };
}

/** Reads `address/length` or a single address; bits beyond the length are ignored. Null where the text is neither. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', length, ...rest] = text.split('/');
  const ip = parseIp(address);
  if (ip === null || rest.length > 0) return null;
  const width = ip.version === 4 ? 32 : 128;
  if (length === undefined) return { ...ip, prefix: width };
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length)) return null;
  // A mapped block such as ::ffff:10.0.0.0/104 counts its length from the 96 bits in front.
  const prefix = Number(length) - (ip.version === 4 && address.includes(':') ? 96 : 0);
  return prefix < 0 || prefix > width ? null : { ...ip, prefix };
}

/** True where the address lies in the block. */
export function contains(block: Cidr, ip: Ip): boolean {
  if (block.version !== ip.version) return false;
  const rest = BigInt((block.version === 4 ? 32 : 128) - block.prefix);
  return block.bits >> rest === ip.bits >> rest;
}

function parseV4(text: string): bigint | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let bits = 0n;
  for (const octet of octets) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    bits = (bits << 8n) | BigInt(octet);
  }
  return bits;
}

function parseV6(text: string): bigint | null {
  const [front = '', back, ...rest] = text.split('::');
  if (rest.length > 0) return null;
  const head = parseGroups(front, back === undefined);
  const tail = parseGroups(back ?? '', true);
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (back === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** Groups of 16 bits; only at the end of an address the last two may be written as IPv4. */
function parseGroups(text: string, atEnd: boolean): bigint[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    const embedded = atEnd && index === parts.length - 1 ? parseV4(part) : null;
    if (embedded !== null) groups.push(embedded >> 16n, embedded & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}
