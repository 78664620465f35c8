import { z } from 'zod';
import type { Grace } from '../recorders/recorder.ts';
import { duration } from '../util/scalars.ts';

/** Graces that differ from a recorder's own. */
export function graceSchema() {
  return z
    .strictObject({
      start: duration('How long the first sign of a recording may take.').optional(),
      close: duration('How long its completeness may take after the end.').optional(),
      store: duration('How long its storage may take after that.').optional(),
    })
    .transform((grace): Partial<Grace> => withoutUndefined(grace))
    .prefault({});
}

/** The keys that were given. */
export function withoutUndefined<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<T>;
}
