import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { text } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';

/** A path; read as an absolute one, from the configuration file's folder. Patterns stay patterns. */
export function path(context: ReadContext, description: string) {
  return text(description).transform((value) => resolve(context.folder, value));
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

export const evidenceClass = z.enum(['E0', 'E1', 'E2', 'E3', 'E4', 'E5']);

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
