import { z } from 'zod';
import { credentialName, duration, text } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { id, path } from './scalars.ts';

/** Where exceptions lie and what they may grant. */
export interface ExceptionsConfig {
  /** Absolute folder of the exception files. */
  readonly path: string;
  /** Who may approve; empty means any named person other than owner and user. */
  readonly approvers: readonly string[];
  readonly maxDurationMs: number;
  /** An exception is reported this long before it expires. */
  readonly expiringBeforeMs: number;
}

/** Identities, accounts and credentials kept for emergencies: each use opens a case. */
export interface BreakGlassConfig {
  readonly principals: readonly string[];
  /** `name` everywhere or `name@target`. */
  readonly accounts: readonly string[];
  /** Key fingerprints and certificate key ids. */
  readonly credentials: readonly string[];
}

export function exceptionsSchema(context: ReadContext) {
  return z
    .strictObject({
      path: path(context, 'Folder of exception files.').prefault('./exceptions'),
      approvers: z
        .array(text('Who may approve exceptions.'))
        .prefault([])
        .meta({ description: 'Without any, every named person other than owner and user may approve.' }),
      max_duration: duration('Longest exception where the tier of a target says nothing.').prefault('30d'),
      expiring_before: duration('How long before its end an exception is announced as expiring.').prefault(
        '7d',
      ),
    })
    .transform(
      (block): ExceptionsConfig => ({
        path: block.path,
        approvers: block.approvers,
        maxDurationMs: block.max_duration,
        expiringBeforeMs: block.expiring_before,
      }),
    )
    .prefault({});
}

export function breakGlassSchema() {
  return z
    .strictObject({
      principals: z.array(id('Identity kept for emergencies.')).prefault([]),
      accounts: z.array(text('Account kept for emergencies, `name` or `name@target`.')).prefault([]),
      credentials: z
        .array(credentialName('Key fingerprint or certificate key id kept for emergencies.'))
        .prefault([]),
    })
    .transform((block): BreakGlassConfig => block)
    .prefault({});
}
