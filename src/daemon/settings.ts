import type { GraceTimes, JudgingPolicy } from '../assess/policy.ts';
import type { Config } from '../config/schema.ts';
import { type Identity, toIdentity } from '../correlate/identity.ts';
import type { Inventory } from '../model/inventory.ts';
import type { EvidenceClass } from '../model/recording.ts';
import { RECORDERS } from '../recorders/registry.ts';
import { toPolicy } from './policy.ts';

/** What a configuration means for judging; without one everything is at its default. */
export interface JudgingSettings {
  readonly inventory: Inventory;
  readonly identity: Identity;
  readonly policy: JudgingPolicy;
  readonly breakGlass: {
    readonly principals: readonly string[];
    readonly accounts: readonly string[];
    readonly credentials: readonly string[];
  };
}

const NOTHING = { principals: [], accounts: [], credentials: [] };

export function toJudgingSettings(config: Config | null): JudgingSettings {
  const inventory = config === null ? { targets: [], principals: [] } : withRecorderTypes(config);
  const identity = toIdentity(inventory);
  const policy = toPolicy({
    identity,
    recorders: RECORDERS,
    ...(config === null
      ? {}
      : {
          toleranceMs: config.judging.clockToleranceMs,
          maxWaitMs: config.judging.maxWaitMs,
          tierEvidence: evidenceOfTiers(config),
          graces: gracesOf(config),
        }),
  });
  return { inventory, identity, policy, breakGlass: config?.breakGlass ?? NOTHING };
}

/** Targets name the recorder they expect by its configured id; judging knows recorders by type. */
function withRecorderTypes(config: Config): Inventory {
  const types = new Map(config.recorders.map((one) => [one.id, one.type === 'auto' ? one.id : one.type]));
  return {
    principals: config.inventory.principals,
    targets: config.inventory.targets.map((target) => ({
      ...target,
      recorder: target.recorder === null ? null : (types.get(target.recorder) ?? target.recorder),
    })),
  };
}

function evidenceOfTiers(config: Config): Map<string, EvidenceClass> {
  return new Map(
    [...config.tiers].flatMap(([name, { evidence }]) => (evidence === null ? [] : [[name, evidence]])),
  );
}

/** A recorder's own graces with what is configured; the most patient of several of one type counts. */
function gracesOf(config: Config): Map<string, GraceTimes> {
  const graces = new Map<string, GraceTimes>();
  const ofAws = config.aws.map(({ grace }) => ({ type: 'ssm', grace }));
  for (const { type, grace } of [...config.recorders, ...ofAws]) {
    const own = RECORDERS.find((one) => one.type === type)?.grace;
    if (!own) continue;
    const known = graces.get(type);
    const next = { ...own, ...grace };
    graces.set(type, known ? mostPatient(known, next) : next);
  }
  return graces;
}

function mostPatient(a: GraceTimes, b: GraceTimes): GraceTimes {
  return {
    start: Math.max(a.start, b.start),
    close: Math.max(a.close, b.close),
    store: Math.max(a.store, b.store),
  };
}
