import type { Origin } from '../model/event.ts';

/** Pattern of an address as sshd prints it: IPv4, IPv6 without brackets (perhaps with a zone id), or UNKNOWN. */
export const ADDRESS = '(?:[0-9A-Fa-f.:]{2,45}(?:%[\\w.-]{1,16})?|UNKNOWN)';

/** Address and port of a client; null where the log names none. `::ffff:a.b.c.d` is the IPv4 address it stands for. */
export function toOrigin(ip: string | undefined, port: string | undefined): Origin | null {
  if (ip === undefined || ip === 'UNKNOWN' || !/[.:]/.test(ip)) return null;
  const number = port === undefined ? null : Number(port);
  return {
    ip: ip.replace(/^::ffff:(?=\d{1,3}\.)/i, ''),
    port: number !== null && number <= 65_535 ? number : null,
  };
}
