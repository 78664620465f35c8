import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { contains, parseCidr, parseIp } from '../../util/ip.ts';

/** As `dns.lookup` with all addresses. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** That a receiver's address is one that alerts must not go to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';

  constructor() {
    super('its address lies in a private network or on this machine');
  }
}

export type Policy = (address: string) => boolean;

/** This machine. */
const LOOPBACK = blocks('127.0.0.0/8', '::1/128');

/**
 * Networks that a name on the internet has no business pointing into: RFC 1918, carrier-grade NAT (RFC 6598),
 * link-local with the metadata services of clouds (RFC 3927, 4291), unique local (RFC 4193), benchmarks (RFC 2544),
 * and the IPv6 forms that embed any IPv4 address (NAT64, 6to4, IPv4-compatible).
 */
const PRIVATE = blocks(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '198.18.0.0/15',
  'fc00::/7',
  'fe80::/10',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '::/96',
);

/** Addresses of nobody or of many: unspecified, multicast, reserved. */
const NOBODY = blocks('0.0.0.0/8', '224.0.0.0/3', '::/128', 'ff00::/8');

function blocks(...texts: readonly string[]) {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}

/** Which addresses the receiver of this URL may have. This machine is allowed where the URL itself names it. */
export function createPolicy(url: URL, allowPrivate: boolean): Policy {
  const named = isLoopbackHost(hostOf(url));
  return (address) => {
    const ip = parseIp(address);
    if (ip === null) return false;
    const within = (some: typeof LOOPBACK): boolean => some.some((block) => contains(block, ip));
    if (within(LOOPBACK)) return named || allowPrivate;
    if (named || within(NOBODY)) return false;
    return allowPrivate || !within(PRIVATE);
  };
}

export interface Guard {
  /** For sockets. */
  readonly lookup: LookupFunction;
  /** Why an address that is written out, and so never looked up, is refused; null where it is not. */
  refusal(host: string): string | null;
}

/**
 * A look-up that gives the socket only allowed addresses. The check and the connection use the same answer: a name
 * that answers differently a moment later (DNS rebinding) gains nothing.
 */
export function guardedLookup(allowed: Policy, resolve: Resolve): Guard {
  return {
    refusal: (host) => (parseIp(host) === null || allowed(host) ? null : new AddressRefused().message),
    lookup: (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, '');
        const some = addresses.filter(({ address }) => allowed(address));
        const [first] = some;
        if (first === undefined) return callback(new AddressRefused(), '');
        if (options.all === true) return callback(null, some);
        return callback(null, first.address, first.family);
      });
    },
  };
}

/** Host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function isLoopbackHost(host: string): boolean {
  const ip = parseIp(host);
  return host === 'localhost' || (ip !== null && LOOPBACK.some((block) => contains(block, ip)));
}
