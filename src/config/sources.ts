import { z } from 'zod';
import { FORMATS } from '../sources/registry.ts';
import { duration, text } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { id, path, zone } from './scalars.ts';

/** `auto` recognises the format of each file from its content. */
const SOURCE_TYPES = ['auto', ...FORMATS.map(({ type }) => type)];

/** Where records of accesses come from. */
export interface SourceConfig {
  readonly id: string;
  readonly type: string;
  /** Absolute files, folders or glob patterns. */
  readonly paths: readonly string[];
  /** Target that all records belong to; null where the folder `hosts/<name>/` or the record tells. */
  readonly host: string | null;
  /** IANA zone of times without one; null means the general one. */
  readonly zone: string | null;
  /** After this much silence the source is reported; null means never. */
  readonly silentAfterMs: number | null;
}

export function sourcesSchema(context: ReadContext) {
  const source = z
    .strictObject({
      id: id('Name of the source in findings.'),
      type: z.enum(SOURCE_TYPES).meta({ description: 'Format; `auto` recognises it.' }).prefault('auto'),
      paths: pathsSchema(context, 'Logs with their rotated files: files, folders or glob patterns.'),
      host: text('Target of all records; else hosts/<name>/ or the record tells.').optional(),
      zone: zone('Zone of times that are written without one.').optional(),
      silent_after: duration('After this much silence the source is reported.').optional(),
    })
    .transform(
      (block): SourceConfig => ({
        id: block.id,
        type: block.type,
        paths: block.paths,
        host: block.host ?? null,
        zone: block.zone ?? null,
        silentAfterMs: block.silent_after ?? null,
      }),
    );
  return z
    .array(source)
    .prefault([])
    .meta({ description: 'Witnesses: where records of accesses come from.' });
}

/** Files, folders or glob patterns; at least one. */
export function pathsSchema(context: ReadContext, description: string) {
  return z.array(path(context, 'File, folder or glob pattern.')).min(1).meta({ description });
}
