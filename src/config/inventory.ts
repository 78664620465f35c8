import { z } from 'zod';
import type { Principal, Target } from '../model/inventory.ts';
import type { EvidenceClass } from '../model/recording.ts';
import { duration, FINGERPRINT, FINGERPRINT_EXPECTED, instant, text } from '../util/scalars.ts';
import { address, evidenceClass, id } from './scalars.ts';

/** What targets of a tier require. */
export interface TierConfig {
  readonly evidence: EvidenceClass | null;
  /** Longest exception on a target of this tier; null means the general limit. */
  readonly maxExceptionMs: number | null;
}

export function targetsSchema() {
  const target = z
    .strictObject({
      id: id('Name of the target.'),
      kind: z.enum(['host', 'cloud', 'cluster', 'database']).prefault('host'),
      aliases: listOf(text('Another name that logs or recordings give it.')),
      addresses: listOf(address('Address of the target.')),
      tier: id('Tier, declared under `tiers`.').optional(),
      owner: text('Who answers for the target.').optional(),
      recorder: id('Recorder that should record accesses here.').optional(),
      evidence: evidenceClass.meta({ description: 'Evidence required here.' }).optional(),
    })
    .transform(
      (block): Target => ({
        ...block,
        tier: block.tier ?? null,
        owner: block.owner ?? null,
        recorder: block.recorder ?? null,
        evidence: block.evidence ?? null,
      }),
    );
  return z
    .array(target)
    .prefault([])
    .meta({ description: 'Hosts, clouds, clusters and databases to watch over.' });
}

export function principalsSchema() {
  const principal = z
    .strictObject({
      id: id('Name of the person, service, agent, vendor or shared account.'),
      kind: z.enum(['human', 'service', 'agent', 'vendor', 'shared']).prefault('human'),
      aliases: listOf(text('Login name: `name` everywhere or `name@target`.')),
      keys: listOf(z.string().regex(FINGERPRINT, { error: FINGERPRINT_EXPECTED })),
      certificates: listOf(certificatePattern()),
      valid_from: instant('From when names and keys are theirs.').optional(),
      valid_until: instant('Until when names and keys are theirs.').optional(),
    })
    .refine((block) => (block.valid_from ?? -Infinity) < (block.valid_until ?? Infinity), {
      error: 'must be after `valid_from`',
      path: ['valid_until'],
    })
    .transform(({ valid_from: validFrom, valid_until: validUntil, ...block }): Principal => {
      return { ...block, validFrom: validFrom ?? null, validUntil: validUntil ?? null };
    });
  return z
    .array(principal)
    .prefault([])
    .meta({ description: 'Register of identities: who stands behind a login name.' });
}

export function tiersSchema() {
  const tier = z
    .strictObject({
      evidence: evidenceClass.meta({ description: 'Evidence required on targets of this tier.' }).optional(),
      max_exception: duration('Longest exception on targets of this tier.').optional(),
    })
    .transform(
      (block): TierConfig => ({
        evidence: block.evidence ?? null,
        maxExceptionMs: block.max_exception ?? null,
      }),
    );
  return z
    .record(z.string(), tier)
    .prefault({})
    .meta({ description: 'Tiers of targets by name, with what they require.' });
}

function listOf<T extends z.ZodType>(entry: T) {
  return z.array(entry).prefault([]);
}

/** `*` alone would make every certificate this principal's. */
function certificatePattern() {
  return text('Certificate key id; a trailing * matches any rest.').refine((pattern) => pattern !== '*', {
    error: 'must name a key id: `*` alone would be everyone',
  });
}
