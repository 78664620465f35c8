import { z } from 'zod';
import type { Inventory } from '../model/inventory.ts';
import {
  type BreakGlassConfig,
  breakGlassSchema,
  type ExceptionsConfig,
  exceptionsSchema,
} from './acceptance.ts';
import { type AwsConfig, awsSchema } from './aws.ts';
import type { ReadContext } from './context.ts';
import {
  type JudgingConfig,
  judgingSchema,
  type LogConfig,
  logSchema,
  type RulesConfig,
  rulesSchema,
  type StoreConfig,
  scheduleSchema,
  storeSchema,
} from './general.ts';
import { type HostConfig, hostsSchema, type SshConfig, sshSchema } from './hosts.ts';
import { principalsSchema, type TierConfig, targetsSchema, tiersSchema } from './inventory.ts';
import { type ReceiveConfig, receiveSchema } from './receive.ts';
import { type ReceiverConfig, type RouteConfig, receiversSchema, routeSchema } from './receivers.ts';
import { type RecorderConfig, recordersSchema } from './recorders.ts';
import { zone } from './scalars.ts';
import { type SourceConfig, sourcesSchema } from './sources.ts';

/** A configuration that was read and found good. Paths are absolute, durations milliseconds, secrets read. */
export interface Config {
  /** Absolute folder of the configuration file. */
  readonly folder: string;
  readonly store: StoreConfig;
  /** Cron pattern in UTC; seconds are an optional first field. */
  readonly schedule: string;
  /** IANA zone of times without one, where no source or recorder says another. */
  readonly timezone: string;
  readonly sources: readonly SourceConfig[];
  readonly recorders: readonly RecorderConfig[];
  readonly aws: readonly AwsConfig[];
  readonly hosts: readonly HostConfig[];
  readonly receive: readonly ReceiveConfig[];
  readonly ssh: SshConfig;
  readonly inventory: Inventory;
  readonly tiers: ReadonlyMap<string, TierConfig>;
  readonly judging: JudgingConfig;
  readonly rules: RulesConfig;
  readonly exceptions: ExceptionsConfig;
  readonly breakGlass: BreakGlassConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly route: RouteConfig;
  readonly log: LogConfig;
}

/** The whole file, one block per key. `machineZone` is the zone where none is configured. */
export function configSchema(context: ReadContext, machineZone: string) {
  return z
    .strictObject({
      store: storeSchema(context),
      schedule: scheduleSchema(),
      timezone: zone("Zone of times that are written without one (default: this machine's).").optional(),
      sources: sourcesSchema(context),
      recorders: recordersSchema(context),
      aws: awsSchema(),
      hosts: hostsSchema(context),
      receive: receiveSchema(context),
      ssh: sshSchema(),
      targets: targetsSchema(),
      principals: principalsSchema(),
      tiers: tiersSchema(),
      judging: judgingSchema(),
      rules: rulesSchema(context),
      exceptions: exceptionsSchema(context),
      break_glass: breakGlassSchema(),
      receivers: receiversSchema(context),
      route: routeSchema(),
      log: logSchema(),
    })
    .transform(
      ({ targets, principals, break_glass: breakGlass, tiers, route, timezone, ...blocks }): Config => ({
        ...blocks,
        folder: context.folder,
        timezone: timezone ?? machineZone,
        inventory: { targets, principals },
        tiers: new Map(Object.entries(tiers)),
        breakGlass,
        route: { ...route, receivers: route.receivers ?? blocks.receivers.map((receiver) => receiver.id) },
      }),
    );
}
