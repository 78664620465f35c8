import { z } from 'zod';
import type { Grace, Sidecar } from '../recorders/recorder.ts';
import { RECORDERS } from '../recorders/registry.ts';
import { text } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { graceSchema, withoutUndefined } from './grace.ts';
import { id, zone } from './scalars.ts';
import { pathsSchema } from './sources.ts';

/** `auto` recognises the recorder of each file from its name and content. */
const RECORDER_TYPES = ['auto', ...RECORDERS.map(({ type }) => type)];

/** A system that keeps session recordings. */
export interface RecorderConfig {
  readonly id: string;
  readonly type: string;
  /** Absolute files, folders or glob patterns. */
  readonly paths: readonly string[];
  /** Target that all recordings belong to; null where the folder `hosts/<name>/` or the recording tells. */
  readonly host: string | null;
  /** IANA zone of times without one; null means the general one. */
  readonly zone: string | null;
  /** Graces that differ from the recorder's own. */
  readonly grace: Partial<Grace>;
  /** File-name patterns such as `{time}-{user}-{pid}`; empty means the usual ones. */
  readonly names: readonly string[];
  readonly sidecars: readonly Sidecar[];
}

/** Placeholders of file-name patterns. */
const PLACEHOLDERS = ['time', 'user', 'host', 'ip', 'port', 'pid', 'tty', 'session', 'id'];

export function recordersSchema(context: ReadContext) {
  const recorder = z
    .strictObject({
      id: id('Name of the recorder in findings and targets.'),
      type: z.enum(RECORDER_TYPES).meta({ description: 'Recorder; `auto` recognises it.' }).prefault('auto'),
      paths: pathsSchema(context, 'Recordings: files, folders or glob patterns.'),
      host: text('Target of all recordings; else hosts/<name>/ or the recording tells.').optional(),
      zone: zone('Zone of times that are written without one.').optional(),
      grace: graceSchema(),
      names: z
        .array(namePattern())
        .prefault([])
        .meta({ description: 'Patterns of file names; the first that fits counts.' }),
      sidecars: z
        .array(sidecarSchema())
        .prefault([])
        .meta({ description: 'Files beside a recording that describe it.' }),
    })
    .transform((block): RecorderConfig => ({ ...block, host: block.host ?? null, zone: block.zone ?? null }));
  return z
    .array(recorder)
    .prefault([])
    .meta({ description: 'Recorders: where session recordings are kept.' });
}

function namePattern() {
  return text('File-name pattern such as {time}-{user}-{pid}.').refine(
    (pattern) => {
      const named = [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
      return named.length > 0 && named.every((name) => PLACEHOLDERS.includes(name));
    },
    { error: `must hold placeholders out of ${PLACEHOLDERS.map((name) => `{${name}}`).join(' ')}` },
  );
}

function sidecarSchema() {
  const field = text('Key in the sidecar.').optional();
  const fields = z
    .strictObject({
      account: field,
      ip: field,
      port: field,
      tty: field,
      audit_session: field,
      opened: field,
      id: field,
      pid: field,
    })
    .refine((map) => Object.keys(map).length > 0, { error: 'must name at least one field' })
    .meta({ description: 'What is known of the recording → key in the sidecar.' });
  return z
    .strictObject({
      suffix: text("What replaces the recording's own suffix, such as .meta.json.").refine(
        (suffix) => !suffix.includes('/'),
        { error: 'must be the end of a file name, without a folder' },
      ),
      fields,
    })
    .transform(({ suffix, fields: { audit_session: auditSession, ...rest } }): Sidecar => {
      return { suffix, fields: withoutUndefined({ ...rest, auditSession }) };
    });
}
