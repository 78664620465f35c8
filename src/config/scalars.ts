import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { DURATION, parseDuration } from '../util/duration.ts';
import { INSTANT, parseInstant } from '../util/instant.ts';
import type { ReadContext } from './context.ts';

/** A duration such as `30s`; read as milliseconds. */
export function duration(description: string) {
  return z
    .string({ error: unlessMissing(DURATION_EXPECTED) })
    .regex(DURATION, { error: DURATION_EXPECTED })
    .meta({ description })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null) return ms;
      context.addIssue({ code: 'custom', message: DURATION_EXPECTED });
      return z.NEVER;
    });
}

/** An instant with offset; read as epoch milliseconds. */
export function instant(description: string) {
  return z
    .string({ error: unlessMissing(INSTANT_EXPECTED) })
    .regex(INSTANT, { error: INSTANT_EXPECTED })
    .meta({ description })
    .transform((text, context) => {
      const ms = parseInstant(text);
      if (ms !== null) return ms;
      context.addIssue({ code: 'custom', message: INSTANT_EXPECTED });
      return z.NEVER;
    });
}

/** A path; read as an absolute one, from the configuration file's folder. Patterns stay patterns. */
export function path(context: ReadContext, description: string) {
  return text(description).transform((value) => resolve(context.folder, value));
}

/** Text of one line that is not empty. 1,000 characters are more than any name, title or path here needs. */
export function text(description: string) {
  return z
    .string()
    .regex(/^\S(?:[^\r\n]*\S)?$/, { error: 'must be one line of text, without spaces around it' })
    .max(1000)
    .meta({ description });
}

/** A name by which other parts of the configuration refer to an entry. */
export function id(description: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, {
      error: 'must be a name of letters, digits, `.`, `_`, `@` and `-` (64 at most)',
    })
    .meta({ description });
}

/** An IANA zone. */
export function zone(description: string) {
  return z
    .string()
    .refine(isZone, { error: 'must be a time zone such as Europe/Berlin or UTC' })
    .meta({ description });
}

/** An address of the network. */
export function address(description: string) {
  return z
    .string()
    .refine((value) => isIP(value) !== 0, { error: 'must be an IPv4 or IPv6 address' })
    .meta({ description });
}

/** Fingerprint of a key as `ssh-keygen -l` and the logs print it. SHA-256 is 43 characters of unpadded base64. */
export const FINGERPRINT = /^(?:SHA256:[A-Za-z0-9+/]{43}|MD5:[0-9a-f]{2}(?::[0-9a-f]{2}){15})$/;

export const FINGERPRINT_EXPECTED =
  'must be a key fingerprint as `ssh-keygen -l` prints it: SHA256: and 43 characters';

export const evidenceClass = z.enum(['E0', 'E1', 'E2', 'E3', 'E4', 'E5']);

const DURATION_EXPECTED = 'must be a duration such as 30s, 5m, 2h or 400d';
const INSTANT_EXPECTED = 'must be a time with zone such as 2026-11-22T10:20:00Z or 2026-11-22T11:20:00+01:00';

/** A missing value is called missing; a number in place of a duration is told what a duration looks like. */
function unlessMissing(expected: string) {
  return ({ input }: { readonly input?: unknown }) => (input === undefined ? undefined : expected);
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
