import type { Config } from '../../config/schema.ts';
import type { LoadedRules } from '../../rules/load.ts';
import { toScreen } from '../../rules/screen.ts';
import type { Store } from '../../store/store.ts';
import { judge } from '../judge/judge.ts';
import { readRules } from '../rule-files.ts';
import { type JudgingSettings, toJudgingSettings } from '../settings.ts';
import { type Difference, findDifference, type Verdicts } from './difference.ts';
import { readExceptions } from './exceptions.ts';
import { factsOfPaths, factsOfStore, type ReplayFacts } from './facts.ts';
import { type Interval, isIn, isOfInterval } from './interval.ts';
import { openPast, type Past, readPast } from './past.ts';
import { findUnjudged } from './unjudged.ts';

export interface ReplayOptions extends Interval {
  /**
   * Epoch ms to judge by. Without it: the interval's end plus the longest wait (`judging.max_wait`), because from
   * then on the passing of time alone changes no verdict of an access that ended in the interval. Never this
   * machine's clock: the same facts give the same replay whenever it is made.
   */
  readonly now: number | null;
  /** Null judges the paths by what is shipped, and compares with nothing. */
  readonly config: Config | null;
  /** Files and folders that the facts come from; none means those of the store. */
  readonly paths: readonly string[];
  /** Folder of own rules and of exceptions, in place of the configuration's. */
  readonly rulesFolder: string | null;
  readonly exceptionsFolder: string | null;
  /** Rules that were read already, whatever the folder. */
  readonly rules?: LoadedRules;
  /** IANA zone of times in the paths without one. */
  readonly zone: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface Replay extends Interval {
  readonly now: number;
  readonly read: {
    /** Paths, or the store. */
    readonly from: readonly string[];
    readonly events: number;
    readonly recordings: number;
  };
  /** The store whose verdicts it was compared with; null where there is none. */
  readonly compared: string | null;
  /** Accesses of the interval: kept ones, those of judging anew, and kept ones of which no facts are left to judge. */
  readonly accesses: { readonly before: number; readonly after: number; readonly unjudged: number };
  readonly difference: Difference;
  /** What could not be read or understood, each with its place. */
  readonly errors: readonly string[];
}

/**
 * Judges a past interval anew with the present rules, policy, inventory and exceptions, and tells what would differ
 * from the verdicts that the store keeps. Stores and sends nothing. Gives the problems of rules that cannot be
 * honoured, because every finding of a broken rule would seem to resolve; throws a StoreError where the store cannot
 * be read. Memory: the facts of the interval and a day or more around it, as in a pass that judges so much anew.
 */
export async function replay(
  options: ReplayOptions,
): Promise<Replay | { readonly problems: readonly string[] }> {
  const { config } = options;
  const folders = options.rulesFolder === null ? (config?.rules.paths ?? []) : [options.rulesFolder];
  const rules = options.rules ?? (await readRules(folders));
  if (rules.problems.length > 0)
    return { problems: rules.problems.map(({ place, message }) => `${place}: ${message}`) };
  const store = config === null ? null : await openPast(config.store.path, options.paths.length > 0);
  try {
    return await replayBeside(store, rules, options);
  } finally {
    await store?.close();
  }
}

const NOTHING: Past = { accesses: [], findings: [], until: -Infinity };

async function replayBeside(
  store: Store | null,
  rules: LoadedRules,
  options: ReplayOptions,
): Promise<Replay> {
  const settings = toJudgingSettings(options.config);
  const now = options.now ?? options.to + settings.policy.maxWaitMs;
  const past = store === null ? NOTHING : await readPast(store, options);
  const facts =
    options.paths.length > 0 || store === null
      ? await factsOfPaths(options.paths, { ...options, now, screen: toScreen(rules.rules) }, store)
      : await factsOfStore(store, past, options, now);
  const exceptions = await readExceptions(options, facts.exceptionFiles, settings.identity, now);
  const applyException: Judging['applyException'] = (access) => exceptions.apply(facts.complete(access));
  const after = judgeInterval(facts, { settings, rules, now, applyException }, options);
  const unjudged = findUnjudged(past, after.accesses, facts);
  const before = without(past, unjudged);
  const storePath = options.config?.store.path ?? '';
  return {
    from: options.from,
    to: options.to,
    now,
    read: {
      from: options.paths.length > 0 ? options.paths : [storePath],
      events: facts.events.length,
      recordings: facts.recordings.length,
    },
    compared: store === null ? null : storePath,
    accesses: {
      before: past.accesses.length,
      after: after.accesses.length,
      unjudged: past.accesses.length - before.accesses.length,
    },
    difference: findDifference(before, without(after, unjudged)),
    errors: [...facts.errors, ...exceptions.errors],
  };
}

interface Judging {
  readonly settings: JudgingSettings;
  readonly rules: LoadedRules;
  readonly now: number;
  readonly applyException: Parameters<typeof judge>[1]['applyException'];
}

/** Judges all facts, so that what stands beyond the edges is there to be seen, and keeps what is of the interval. */
function judgeInterval(
  facts: ReplayFacts,
  { settings, rules, now, applyException }: Judging,
  interval: Interval,
): Verdicts {
  const { accesses, findings } = judge(
    { ...facts, controls: [], exceptionProblems: [], runs: [] },
    {
      ...settings,
      now,
      rules: rules.rules,
      applyException,
      exceptionHygiene: () => [],
      silentAfterMs: () => null,
      from: facts.from,
      to: Infinity,
      firstSeen: facts.firstSeen,
    },
  );
  return {
    accesses: accesses.filter((one) => isIn(interval, one.opened)),
    findings: findings.filter((one) => isOfInterval(one, interval)),
  };
}

/** The verdicts without some subjects (uids) and the findings about them. */
function without({ accesses, findings }: Verdicts, uids: ReadonlySet<string>): Verdicts {
  return {
    accesses: accesses.filter((one) => !uids.has(one.uid)),
    findings: findings.filter((one) => !uids.has(one.subject.uid)),
  };
}
