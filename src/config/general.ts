import { validateDetailed } from 'node-cron';
import { z } from 'zod';
import { duration } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { path } from './scalars.ts';

export interface StoreConfig {
  /** Absolute path of the database file. */
  readonly path: string;
  /** How long accesses, recordings and findings are kept. */
  readonly retentionMs: number;
}

export interface JudgingConfig {
  /** Difference of clocks that is tolerated beyond the estimated offset. */
  readonly clockToleranceMs: number;
  /** After this an access that could not be judged is reported as undetermined. */
  readonly maxWaitMs: number;
}

export interface RulesConfig {
  /** Absolute folders or files of own rules, besides the rules that come with the program. */
  readonly paths: readonly string[];
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
}

export function storeSchema(context: ReadContext) {
  return z
    .strictObject({
      path: path(context, 'Database file; its folder is created.').prefault('./var/offrecord.db'),
      retention: duration('How long accesses, recordings and findings are kept.').prefault('400d'),
    })
    .transform((block): StoreConfig => ({ path: block.path, retentionMs: block.retention }))
    .prefault({});
}

/** Seconds are the optional first field; times are in UTC. */
export function scheduleSchema() {
  return z
    .string()
    .refine((pattern) => validateDetailed(pattern).valid, {
      error: 'must be a cron pattern of five fields, or six with seconds in front, such as "*/30 * * * * *"',
    })
    .meta({ description: 'When a pass runs: a cron pattern in UTC, optionally with seconds in front.' })
    .prefault('*/30 * * * * *');
}

export function judgingSchema() {
  return z
    .strictObject({
      clock_tolerance: duration('Difference of clocks tolerated beyond the estimated offset.').prefault('5s'),
      max_wait: duration('After this an access that could not be judged is reported.').prefault('24h'),
    })
    .transform(
      (block): JudgingConfig => ({
        clockToleranceMs: block.clock_tolerance,
        maxWaitMs: block.max_wait,
      }),
    )
    .prefault({});
}

export function rulesSchema(context: ReadContext) {
  return z
    .strictObject({
      paths: z.array(path(context, 'Folder or file of rules.')).prefault([]).meta({
        description: 'Own rules, besides those that come with the program; the same id replaces one.',
      }),
    })
    .transform((block): RulesConfig => block)
    .prefault({});
}

export function logSchema() {
  return z
    .strictObject({
      level: z.enum(LOG_LEVELS).meta({ description: 'Least level that is written.' }).prefault('info'),
    })
    .transform((block): LogConfig => block)
    .prefault({});
}
