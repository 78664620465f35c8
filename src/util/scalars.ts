import { z } from 'zod';
import { DURATION, parseDuration } from './duration.ts';
import { INSTANT, parseInstant } from './instant.ts';

/** A duration such as `30s`; read as milliseconds. */
export function duration(description: string) {
  return read(DURATION, parseDuration, 'must be a duration such as 30s, 5m, 2h or 400d', description);
}

/** An instant with offset; read as epoch milliseconds. */
export function instant(description: string) {
  return read(
    INSTANT,
    parseInstant,
    'must be a time with zone such as 2026-11-22T10:20:00Z or 2026-11-22T11:20:00+01:00',
    description,
  );
}

/** Text of one line that is not empty. 1,000 characters are more than any name, title or path needs. */
export function text(description: string) {
  return z
    .string()
    .regex(/^\S(?:[^\r\n]*\S)?$/, {
      error: 'must be one line of text, without spaces around it',
      abort: true,
    })
    .max(1000)
    .meta({ description });
}

/** Text of any lines that is not empty; read without the space around it. */
export function prose(description: string) {
  return z
    .string()
    .regex(/\S/, { error: 'must not be empty' })
    .max(10_000)
    .meta({ description })
    .transform((value) => value.trim());
}

/** Fingerprint of a key as `ssh-keygen -l` and the logs print it. SHA-256 is 43 characters of unpadded base64. */
export const FINGERPRINT = /^(?:SHA256:[A-Za-z0-9+/]{43}|MD5:[0-9a-f]{2}(?::[0-9a-f]{2}){15})$/;

export const FINGERPRINT_EXPECTED =
  'must be a key fingerprint as `ssh-keygen -l` prints it: SHA256: and 43 characters';

/** A key fingerprint or the key id of a certificate. A mistyped fingerprint would never match anything. */
export function credentialName(description: string) {
  return text(description).refine((value) => !/^(?:SHA256|MD5):/i.test(value) || FINGERPRINT.test(value), {
    error: FINGERPRINT_EXPECTED,
  });
}

/** A value that cannot be read ends its record's checks: they would compare text with numbers. */
function read(
  pattern: RegExp,
  parse: (value: string) => number | null,
  expected: string,
  description: string,
) {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : expected) })
    .regex(pattern, { error: expected, abort: true })
    .meta({ description })
    .transform((value, context) => {
      const ms = parse(value);
      if (ms !== null) return ms;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    });
}
