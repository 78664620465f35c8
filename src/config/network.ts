import { contains, parseCidr, parseIp } from '../util/ip.ts';

/** True where a host name or address means this machine itself. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isWithin(host, LOOPBACK);
}

/** True for an address of a private network or of this machine. Names are resolved and judged when sending. */
export function isPrivate(host: string): boolean {
  return isLoopback(host) || isWithin(host, PRIVATE);
}

const LOOPBACK = ['127.0.0.0/8', '::1'];

/** "This network", RFC 1918, carrier-grade NAT, link-local, RFC 4193, and the unspecified IPv6 address. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::',
  'fc00::/7',
  'fe80::/10',
];

function isWithin(host: string, blocks: readonly string[]): boolean {
  const ip = parseIp(host);
  if (ip === null) return false;
  return blocks.some((text) => {
    const block = parseCidr(text);
    return block !== null && contains(block, ip);
  });
}
