import { z } from 'zod';
import { LEVELS, type Level } from '../model/finding.ts';
import { duration } from '../util/scalars.ts';
import type { ReadContext } from './context.ts';
import { type EmailConfig, emailSchema } from './email.ts';
import { id, path } from './scalars.ts';
import { type WebhookConfig, webhookSchema } from './webhook.ts';

export type ReceiverConfig = EmailConfig | WebhookConfig | FileConfig;

export interface FileConfig {
  readonly id: string;
  readonly type: 'file';
  /** Absolute folder that gets a file per alert. */
  readonly path: string;
}

export const GROUP_LABELS = ['target', 'check', 'rule', 'level', 'account'] as const;

/** Which findings go to which receivers, and how they are grouped. */
export interface RouteConfig {
  readonly receivers: readonly string[];
  readonly groupBy: readonly (typeof GROUP_LABELS)[number][];
  /** How long a new group waits for company. */
  readonly groupWaitMs: number;
  /** After this a group that is still open is sent again. */
  readonly repeatIntervalMs: number;
  readonly minLevel: Level;
}

export function receiversSchema(context: ReadContext) {
  return z
    .array(z.discriminatedUnion('type', [emailSchema(context), webhookSchema(context), fileSchema(context)]))
    .prefault([])
    .meta({ description: 'Where alerts go.' });
}

/** `receivers` is null where the file names none: then every receiver gets the alerts. */
export function routeSchema() {
  return z
    .strictObject({
      receivers: z
        .array(id('Receiver that gets the alerts.'))
        .min(1)
        .meta({ description: 'Receivers of all alerts; without it every receiver gets them.' })
        .optional(),
      group_by: z
        .array(z.enum(GROUP_LABELS))
        .prefault(['target', 'check'])
        .meta({ description: 'Findings that agree in these go into one alert.' }),
      group_wait: duration('How long a new group waits for company.').prefault('30s'),
      repeat_interval: duration('After this a group that is still open is sent again.').prefault('4h'),
      min_level: z
        .enum(LEVELS)
        .prefault('low')
        .meta({ description: 'Least level of a finding that is sent.' }),
    })
    .transform((block) => ({
      receivers: block.receivers ?? null,
      groupBy: block.group_by,
      groupWaitMs: block.group_wait,
      repeatIntervalMs: block.repeat_interval,
      minLevel: block.min_level,
    }))
    .prefault({});
}

function fileSchema(context: ReadContext) {
  return z
    .strictObject({
      id: id('Name of the receiver.'),
      type: z.literal('file'),
      path: path(context, 'Folder that gets a file per alert; it is created.'),
    })
    .transform((block): FileConfig => block);
}
