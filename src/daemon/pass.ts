import { decide } from '../dispatch/decide.ts';
import { deliverDue, type DeliveryCounts, type Sender } from '../dispatch/deliver.ts';
import type { JudgedAccess } from '../model/access.ts';
import type { Exception } from '../model/exception.ts';
import type { Finding } from '../model/finding.ts';
import type { Judgement } from '../model/judgement.ts';
import type { TrackedFinding } from '../model/tracked-finding.ts';
import { toScreen } from '../rules/screen.ts';
import type { Store, StoredAccess, StoreTransaction } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { AwsAccounts } from './aws/accounts.ts';
import { type AwsOptions, type AwsOutcome, NOTHING_FROM_AWS, readAws } from './aws/read-aws.ts';
import type { KnownKinds } from './collect/known-kinds.ts';
import { clearDirty, dirtyFrom } from './dirty.ts';
import { readHosts } from './hosts/read-hosts.ts';
import type { HostStates } from './hosts/states.ts';
import type { Facts } from './judge/facts.ts';
import { judge } from './judge/judge.ts';
import { FIRST_PASS, loadFacts } from './load-facts.ts';
import type { LoadedSettings } from './loaded-settings.ts';
import { readRecorders } from './read-recorders.ts';
import { readSources } from './read-sources.ts';
import type { Listeners } from './receive/listeners.ts';
import { type RunFault, runFaults } from './run-faults.ts';
import { trackFindings } from './track-findings.ts';

export interface PassContext {
  readonly store: Store;
  readonly settings: LoadedSettings;
  readonly senders: ReadonlyMap<string, Sender>;
  readonly logger: Logger;
  /** What unchanged files are, from one pass to the next. */
  readonly kinds: KnownKinds;
  /** AWS accounts with their clients, from one pass to the next. */
  readonly aws: AwsAccounts;
  /** What is known of hosts that are read over ssh, from one pass to the next. */
  readonly hosts: HostStates;
  /** What receives syslog messages; absent where nothing does. */
  readonly listeners?: Listeners;
  readonly clock: () => number;
  readonly jitter: () => number;
  readonly signal: AbortSignal;
}

export interface PassResult {
  readonly judgement: Judgement;
  /** Alerts put into the outbox. */
  readonly alerts: number;
}

/** Findings that dispatch looks at per pass: at about 2 KB each they take 40 MB. */
const MAX_CANDIDATES = 20_000;

/**
 * One pass: read what is new, judge it, save verdicts and alerts together. Sending is `deliver`. Null where it was
 * stopped while reading.
 */
export async function runPass(context: PassContext): Promise<PassResult | null> {
  const { store, settings, clock, signal } = context;
  const startedAt = clock();
  const id = `run_${startedAt}`;
  const begun = { id, startedAt, finishedAt: null, state: 'running', counts: {}, reason: null } as const;
  const runs = await runFaults(store, startedAt, settings.config.receivers);
  await store.saveRun(begun);
  const screen = toScreen(settings.rules);
  const reading = { config: settings.config, store, screen, now: startedAt, signal, kinds: context.kinds };
  await context.listeners?.rotate();
  const sources = await readSources(reading);
  await context.listeners?.release(store);
  const received = (await context.listeners?.report(store, startedAt)) ?? [];
  const recorders = await readRecorders(settings.config, store, startedAt, signal, context.kinds);
  const [cloud, hosts] = await Promise.all([
    readCloud(reading, context),
    readHosts({ ...reading, hosts: context.hosts }),
  ]);
  if (signal.aborted) {
    // What was not looked at would count as absent. What was read is kept; the next pass judges it.
    await store.saveRun({ ...begun, finishedAt: clock(), state: 'aborted', reason: 'stopped' });
    return null;
  }
  const reports = {
    sources: [...sources.reports, ...received, ...cloud.reports, ...hosts.reports],
    recorders: [...recorders.reports, ...cloud.recorders],
    controls: cloud.controls,
    trailProblems: [...sources.trailProblems, ...cloud.trailProblems],
  };
  const silences = new Map([...sources.silentAfterMs, ...cloud.silentAfterMs, ...hosts.silentAfterMs]);
  const judgement = await judgeStored(context, reports, silences, runs, startedAt);
  const counts = {
    events: sources.added + cloud.added + hosts.added,
    inspected: recorders.inspected + cloud.inspected,
    accesses: judgement.accesses.length,
  };
  const finished = { ...begun, finishedAt: clock(), state: 'completed', counts } as const;
  const alerts = await store.transaction(async (tx) => {
    const sent = await saveJudgement(tx, judgement, context, startedAt);
    await tx.saveRun(finished);
    return sent;
  });
  return { judgement: judgement.whole, alerts };
}

/** What could not be looked at in an account is told in the log; what it means for verdicts is in the reports. */
async function readCloud(
  reading: Omit<AwsOptions, 'accounts'>,
  { aws, logger }: PassContext,
): Promise<AwsOutcome> {
  let read: AwsOutcome;
  try {
    read = await readAws({ ...reading, accounts: aws });
  } catch (error) {
    // A stop ends every call under way; the caller sees the signal and judges nothing.
    if (reading.signal.aborted) return NOTHING_FROM_AWS;
    throw error;
  }
  for (const problem of read.problems) logger.warn({ problem }, 'a configuration could not be looked at');
  return read;
}

interface StoredJudgement {
  readonly whole: Judgement;
  readonly accesses: readonly JudgedAccess[];
  readonly from: number;
  readonly dirty: Awaited<ReturnType<Store['dirtyTargets']>>;
  readonly recordings: ReadonlySet<string>;
}

async function judgeStored(
  { store, settings }: PassContext,
  reports: Pick<Facts, 'sources' | 'recorders' | 'controls' | 'trailProblems'>,
  silences: ReadonlyMap<string, number>,
  runs: readonly RunFault[],
  now: number,
): Promise<StoredJudgement> {
  const dirty = await store.dirtyTargets();
  const since = Math.min(now, (await dirtyFrom(store)) ?? now, await earliestUnsettled(store, now));
  const watchingSince = Number((await store.meta(FIRST_PASS)) ?? now);
  const facts = await loadFacts(store, since, now, watchingSince);
  const exceptions = settings.exceptionsAt(now);
  const earlier = await acceptedBefore(store, exceptions.exceptions, facts.from);
  const whole = judge(
    { ...facts, ...reports, exceptionProblems: exceptions.problems, runs },
    {
      ...settings.judging,
      now,
      rules: settings.rules,
      own: settings.own,
      applyException: exceptions.apply,
      exceptionHygiene: (accesses) => exceptions.hygiene([...earlier, ...accesses]),
      silentAfterMs: (stream) => silences.get(stream) ?? null,
      from: facts.from,
      to: Infinity,
      firstSeen: facts.firstSeen,
    },
  );
  const recordings = new Set(facts.recordings.map((one) => one.uid));
  return { whole, accesses: whole.accesses, from: facts.from, dirty, recordings };
}

/** Accesses before the window that an exception accepted: they count as its hits. */
async function acceptedBefore(
  store: Store,
  exceptions: readonly Exception[],
  to: number,
): Promise<JudgedAccess[]> {
  if (exceptions.length === 0) return [];
  const from = Math.min(...exceptions.map((one) => one.startsAt));
  const accepted: JudgedAccess[] = [];
  for await (const { access } of store.accesses({ from, to })) {
    const isAccepted = access.exception !== null || access.acceptedAfterwards !== null;
    if (isAccepted && access.opened < to) accepted.push(access);
  }
  return accepted;
}

async function earliestUnsettled(store: Store, now: number): Promise<number> {
  for await (const { access } of store.accesses({ from: 0, to: now, settled: false })) return access.opened;
  return now;
}

/** Verdicts, findings, alerts and the notices that keep them from being sent twice: all or nothing. */
async function saveJudgement(
  tx: StoreTransaction,
  judged: StoredJudgement,
  { settings }: PassContext,
  now: number,
): Promise<number> {
  const accesses = await changedAccesses(tx, judged, settings.judging.policy.maxWaitMs, now);
  const findings = await changedFindings(tx, judged, now);
  await tx.saveJudgement({ at: now, judged: judged.dirty, ...accesses, findings, alerts: [], notices: [] });
  await clearDirty(tx);
  const firstRun = (await tx.meta(FIRST_PASS)) === undefined;
  if (firstRun) await tx.setMeta(FIRST_PASS, String(now));
  const { route } = settings.config;
  const dispatch = decide({ candidates: await tx.dispatchable(MAX_CANDIDATES), route, now, firstRun });
  await tx.saveAlerts({ alerts: dispatch.alerts, notices: dispatch.notices });
  return dispatch.alerts.length;
}

async function changedAccesses(
  tx: StoreTransaction,
  { accesses, from }: StoredJudgement,
  maxWaitMs: number,
  now: number,
): Promise<{ accesses: StoredAccess[]; removedAccesses: string[] }> {
  const judged = new Map(accesses.map((one) => [one.uid, one]));
  const removedAccesses: string[] = [];
  const known = new Map<string, string>();
  for await (const stored of tx.accesses({ from, to: now + maxWaitMs })) {
    const { uid, opened } = stored.access;
    if (opened < from) continue;
    if (judged.has(uid)) known.set(uid, JSON.stringify(stored));
    else removedAccesses.push(uid);
  }
  const next = accesses.map((access) => ({ access, settled: isSettled(access, maxWaitMs, now) }));
  const changed = next.filter((one) => known.get(one.access.uid) !== JSON.stringify(one));
  return { accesses: changed, removedAccesses };
}

/** After the longest wait the passing of time alone changes nothing; late facts still do. */
function isSettled(access: JudgedAccess, maxWaitMs: number, now: number): boolean {
  return now - (access.closed ?? access.opened) > maxWaitMs;
}

async function changedFindings(
  tx: StoreTransaction,
  judged: StoredJudgement,
  now: number,
): Promise<TrackedFinding[]> {
  const found = judged.whole.findings;
  const stored = new Map<string, TrackedFinding>();
  for await (const one of tx.findings({ statuses: ['open', 'acknowledged'] }))
    stored.set(one.finding.uid, one);
  for (const one of await tx.findingsByUid(found.map((finding) => finding.uid)))
    stored.set(one.finding.uid, one);
  return trackFindings(stored, found, (finding) => wasLookedAt(finding, judged), now);
}

/** Accesses and recordings outside the window were not looked at; everything else is looked at in every pass. */
function wasLookedAt(finding: Finding, { from, recordings }: StoredJudgement): boolean {
  if (finding.subject.type === 'access') return finding.time >= from;
  // What a call did stays done; it is looked at as long as its record is.
  if (finding.subject.type === 'control' && finding.subject.uid.startsWith('ev_'))
    return finding.time >= from;
  if (finding.subject.type === 'recording')
    return recordings.has(finding.subject.uid) || finding.time >= from;
  return true;
}

/** Sends what is due; apart from passes, because a receiver that does not answer must not hold them up. */
export async function deliver({
  store,
  senders,
  clock,
  jitter,
  signal,
  logger,
}: PassContext): Promise<DeliveryCounts> {
  return deliverDue({
    outbox: store,
    senders,
    clock,
    jitter,
    signal,
    onAttempt: (entry, change) => {
      const fields = {
        alert: entry.alert.id,
        receiver: entry.alert.receiver,
        state: change.state,
        reason: change.reason,
      };
      if (change.state === 'delivered') logger.info(fields, 'alert delivered');
      else logger.warn(fields, 'alert not delivered');
    },
  });
}
