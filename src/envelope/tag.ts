export interface Tag {
  readonly ident: string | null;
  readonly pid: number | null;
}

const TAG = /^([^\s[\]]+?)(?:\[(\d*)\])?:?$/;

/** `sshd[123]:`, `sudo:`, `/usr/sbin/cron[7]` or a bare name → program without path, and pid. */
export function parseTag(text: string): Tag {
  const match = TAG.exec(text);
  return match === null
    ? { ident: null, pid: null }
    : { ident: programName(match[1] ?? ''), pid: parsePid(match[2]) };
}

/** Name of a program without its path. */
export function programName(text: string): string | null {
  const name = text.slice(text.lastIndexOf('/') + 1);
  return name === '' || name === '-' ? null : name;
}

/** A process id: decimal digits within 2^31; anything else is null. */
export function parsePid(text: unknown): number | null {
  const value =
    typeof text === 'number'
      ? text
      : typeof text === 'string' && /^\d{1,10}$/.test(text)
        ? Number(text)
        : null;
  return value !== null && Number.isInteger(value) && value > 0 && value < 2 ** 31 ? value : null;
}
