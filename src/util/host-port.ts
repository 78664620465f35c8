import { parseIp } from './ip.ts';

/** A place on a network as Go programs write it. */
export interface HostPort {
  /** Name or address, without brackets. */
  readonly host: string;
  /** Null where it is 0, which stands for none. */
  readonly port: number | null;
}

const PLACE = /^(?:\[([0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,16})?)\]|([^:[\]]{1,255})):(\d{1,5})$/;

/** Reads `HOST:PORT` and `[IPv6]:PORT`; null where the text is neither. */
export function parseHostPort(text: string): HostPort | null {
  const [, bracketed, plain, digits] = PLACE.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return null;
  const port = Number(digits);
  return { host, port: port >= 1 && port <= 65_535 ? port : null };
}

/** An address with its port, or an address alone; null for names. A mapped address is the IPv4 address it stands for. */
export function parseAddress(text: string): { readonly ip: string; readonly port: number | null } | null {
  const place = parseHostPort(text);
  const ip = (place?.host ?? text).replace(/^::ffff:(?=\d{1,3}\.)/i, '');
  return parseIp(ip) === null ? null : { ip, port: place?.port ?? null };
}
