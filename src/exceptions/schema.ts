import { z } from 'zod';
import type { Exception, ExceptionScope } from '../model/exception.ts';
import { PATHS } from '../model/path.ts';
import { suggest } from '../util/decode-yaml.ts';
import { parseCidr } from '../util/ip.ts';
import { credentialName, instant, prose, text } from '../util/scalars.ts';
import { isUnexceptable } from './measurement.ts';
import { isBoundless } from './scope.ts';

/** A record as it stands in a file: everything but its place. */
export type ExceptionText = Omit<Exception, 'place'>;

/** One record. `checks` are the check ids that a scope may name; empty where none is known. */
export function recordSchema(checks: readonly string[]) {
  return z
    .strictObject({
      id: id('Name of the exception, e.g. EXC-2026-014; unique.'),
      kind: z.enum(['break-glass', 'recording-exception', 'planned-maintenance']),
      title: text('What it is, in one line.'),
      scope: scopeSchema(checks),
      reason: prose('Why the risk is taken.'),
      risk: z.strictObject({
        rating: text('How high the risk is, e.g. high.'),
        statement: prose('What may happen and cannot be shown afterwards.'),
      }),
      compensating_controls: z.array(prose('What limits the risk meanwhile.')).prefault([]),
      owner: text('Who answers for the risk.'),
      approved_by: text('Who accepted the risk: one of the approvers, neither owner nor user.'),
      approved_at: instant('When it was accepted.'),
      ticket: text('Ticket of the acceptance.').optional(),
      starts_at: instant('From when it holds.'),
      expires_at: instant('Until when it holds.'),
      review: reviewSchema().optional(),
      extends: id('Exception that this one continues, with an approval of its own.').optional(),
    })
    .refine((record) => record.starts_at < record.expires_at, {
      error: 'must be after `starts_at`',
      path: ['expires_at'],
    })
    .refine((record) => record.extends !== record.id, {
      error: 'must name another record: continuing takes a new record with a new approval',
      path: ['extends'],
    })
    .transform(
      (record): ExceptionText => ({
        id: record.id,
        kind: record.kind,
        title: record.title,
        scope: record.scope,
        reason: record.reason,
        risk: record.risk,
        compensatingControls: record.compensating_controls,
        owner: record.owner,
        approvedBy: record.approved_by,
        approvedAt: record.approved_at,
        ticket: record.ticket ?? null,
        startsAt: record.starts_at,
        expiresAt: record.expires_at,
        review: record.review ?? null,
        extends: record.extends ?? null,
      }),
    );
}

/** JSON Schema (draft 2020-12) of an exception file, for editors: one record or a list. */
export function exceptionJsonSchema(): unknown {
  const { $schema, ...record } = z.toJSONSchema(recordSchema([]), { io: 'input' });
  const one = { $ref: '#/$defs/exception' };
  return {
    $schema,
    title: 'offrecord exceptions',
    anyOf: [one, { type: 'array', items: one }],
    $defs: { exception: record },
  };
}

function scopeSchema(checks: readonly string[]) {
  return z
    .strictObject({
      targets: listOf(pattern('Target by id, alias or address; a trailing * matches any rest.')),
      accounts: listOf(pattern('Account on the target; a trailing * matches any rest.')),
      principals: listOf(pattern('Person or service; a trailing * matches any rest.')),
      credentials: listOf(credentialPattern()),
      origins: listOf(origin()),
      paths: listOf(z.enum(PATHS)),
      checks: listOf(check(checks)),
    })
    .meta({ description: 'Which accesses it accepts: every list that is given must fit.' })
    .refine((scope: ExceptionScope) => !isBoundless(scope), {
      error: 'matches everything: name targets, accounts, principals, credentials, origins or paths',
    });
}

function reviewSchema() {
  return z
    .strictObject({
      by: text('Who reviews the use.'),
      due_at: instant('By when the use is to be reviewed.'),
      done_at: instant('When it was reviewed.').optional(),
    })
    .transform(({ by, due_at: dueAt, done_at: doneAt }) => ({ by, dueAt, doneAt: doneAt ?? null }));
}

function id(description: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@/#-]{0,99}$/, {
      error: 'must be a name of letters, digits and ._@/#- (100 at most)',
    })
    .meta({ description });
}

function pattern(description: string) {
  return text(description).refine((value) => /^(?:[^*]+\*?|\*+)$/.test(value), {
    error: 'may hold a * only at its end',
  });
}

function credentialPattern() {
  return credentialName('Key fingerprint, or certificate key id; a trailing * matches any rest.');
}

function origin() {
  return z
    .string()
    .refine((value) => parseCidr(value) !== null, {
      error: 'must be an address or a block such as 10.0.0.0/24',
    })
    .meta({ description: 'Where the access comes from: an address or a block.' });
}

function check(known: readonly string[]) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = checkProblem(value, known);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .meta({ description: 'Check that is accepted; without any, all that an access can fail.' });
}

function checkProblem(value: string, known: readonly string[]): string | null {
  if (isUnexceptable(value)) return 'names a check of the measurement itself, which cannot be excepted';
  if (known.length === 0 || known.includes(value)) return null;
  return `names no check${suggest(value, known)}`;
}

function listOf<T extends z.ZodType>(entry: T) {
  return z.array(entry).prefault([]);
}
