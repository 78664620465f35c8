import type { Origin } from '../../src/model/event.ts';
import { T0 } from '../support/build.ts';
import type { ChannelPlan, HostPlan, LoginPlan, WorldPlan } from './plans.ts';

/** A login with what the host gave it. */
export interface Session {
  readonly at: number;
  readonly plan: LoginPlan;
  readonly host: HostPlan;
  readonly target: string;
  /** By the host's own clock, epoch ms. */
  readonly opened: number;
  readonly closed: number;
  readonly pids: { readonly monitor: number; readonly child: number; readonly recorder: number };
  readonly auditSession: number;
  readonly bootId: string;
  readonly origin: Origin;
  readonly recorderSkewMs: number;
  /** When a recording of a channel that opened then begins, epoch ms. */
  readonly startOf: (opened: number) => number;
}

/** Closer starts of one person on one host are told apart only by clocks that agree. */
const APART_MS = 12_000;
/** Few pids, so that they are soon used again. */
const [FIRST_PID, PIDS] = [900, 160];
const PROMPT_MS = 120;
const IDLE_MS = 60_000;

/** Logins in order of time, each with processes of its own while it lives. */
export function toSessions(plan: WorldPlan): Session[] {
  const sorted = settleApart(
    [...plan.logins].sort((a, b) => a.startMs - b.startMs),
    plan.hosts,
  );
  const live: { readonly until: number; readonly pids: readonly number[]; readonly port: number }[] = [];
  let next = 0;
  const freePid = (now: number): number => {
    const taken = new Set(live.filter((one) => one.until > now - 3_000).flatMap((one) => one.pids));
    do next = (next + 1) % PIDS;
    while (taken.has(FIRST_PID + next));
    return FIRST_PID + next;
  };
  const sessions = sorted.flatMap((login, at): Session[] => {
    const host = plan.hosts[login.host];
    if (!host) return [];
    const opened = T0 + login.startMs + host.hostSkewMs;
    const closed = opened + login.lengthMs;
    const used = live.filter((one) => one.until > opened - 20_000).map((one) => one.port);
    const isFarOff = Math.abs(host.recorderSkewMs) > 5_000;
    const reusable = isFarOff ? [] : [40_000, 40_001, 40_002];
    const port = reusable.find((one) => !used.includes(one)) ?? 41_000 + at;
    const pids: number[] = [];
    live.push({ until: closed, pids, port });
    for (let process = 0; process < 3; process++) pids.push(freePid(opened));
    const [monitor = 0, child = 0, recorder = 0] = pids;
    return [
      {
        at,
        plan: login,
        host,
        target: `web0${login.host}`,
        opened,
        closed,
        pids: { monitor, child, recorder },
        auditSession: at + 1,
        bootId: 'boot-0',
        origin: { ip: '10.0.0.9', port },
        recorderSkewMs: 0,
        startOf: (time) => time + PROMPT_MS,
      },
    ];
  });
  return withBoots(sessions).map((one, _at, all) => {
    const recorderSkewMs =
      plan.cutMs === null || Math.abs(one.host.recorderSkewMs) <= 5_000 ? knownSkew(one, all) : 0;
    return { ...one, recorderSkewMs, startOf: startsOf(one, recorderSkewMs, all) };
  });
}

/** A host that is started again counts its audit sessions from one. Not where its clocks are far apart as well. */
function withBoots(sessions: readonly Session[]): Session[] {
  const state = new Map<string, { boot: number; used: number; idleSince: number }>();
  return sessions.map((one) => {
    const own = state.get(one.target) ?? { boot: 0, used: 0, idleSince: -Infinity };
    const mayReboot = one.host.reboots && Math.abs(one.host.recorderSkewMs) <= 5_000;
    if (mayReboot && own.used > 0 && one.opened - own.idleSince > IDLE_MS) {
      own.boot += 1;
      own.used = 0;
    }
    own.used += 1;
    own.idleSince = Math.max(own.idleSince, one.closed);
    state.set(one.target, own);
    return { ...one, auditSession: own.used, bootId: `boot-${own.boot}` };
  });
}

/** What only a clock tells apart is kept apart where clocks disagree, or where somebody starts a recorder late. */
function settleApart(sorted: readonly LoginPlan[], hosts: readonly HostPlan[]): LoginPlan[] {
  const kept: LoginPlan[] = [];
  for (const login of sorted) {
    const rivals = kept.filter((one) => one.host === login.host && one.account === login.account);
    const skewed = hosts[login.host]?.recorderSkewMs !== 0;
    if (skewed && rivals.some((one) => login.startMs - one.startMs < APART_MS)) continue;
    kept.push(login);
  }
  return kept;
}

/** A clock far off is known only by pairs that an id joins, in a log that is whole; else it keeps good time here. */
function knownSkew(session: Session, all: readonly Session[]): number {
  const skewMs = session.host.recorderSkewMs;
  if (Math.abs(skewMs) <= 5_000) return skewMs;
  const proves = (one: Session) =>
    one.host === session.host &&
    one.plan.recorder === session.plan.recorder &&
    one.plan.withId &&
    (one.plan.recorder !== 'tlog' || showsAudit(one)) &&
    channelsOf(one).length === 1 &&
    channelsOf(one)[0]?.fate === 'kept';
  return all.some(proves) ? skewMs : 0;
}

/** The journal has the audit session in lines of the user's own process alone: of channels and of a clean end. */
function showsAudit({ host, plan }: Session): boolean {
  return host.witness === 'auditd' || (host.witness === 'journald' && (host.verbose || plan.end === 'clean'));
}

/** At INFO the log shows no channels, and here there is then one; nor where clocks that disagree could not tell them apart. */
export function channelsOf({ plan, host }: Session): readonly ChannelPlan[] {
  const isSure = Math.abs(host.recorderSkewMs) > 5_000 || host.recorderSkewMs === 0;
  return host.verbose && isSure ? plan.channels : plan.channels.slice(0, 1);
}

/**
 * A person may start a recorder late, but not while another session of that person is open: then nobody could tell
 * whose it is. Nor where clocks disagree: a fast clock and a late start look alike.
 */
function startsOf(session: Session, skewMs: number, all: readonly Session[]) {
  const { plan, target } = session;
  const launched = plan.recorder === 'tlog' || plan.recorder === 'forced' || skewMs !== 0;
  const isRival = (one: Session) =>
    one.at !== session.at &&
    one.target === target &&
    (isAnonymous(session) || one.plan.account === plan.account);
  const rivals = all.filter(isRival);
  const alone = channelsOf(session).length <= 1;
  return (opened: number): number => {
    const late = opened + PROMPT_MS + plan.lateMs;
    const isOpen = (one: Session) => one.opened < late + APART_MS && endOf(one) > late - APART_MS;
    const isClear = alone && !rivals.some(isOpen);
    return launched || !isClear || plan.lateMs === 0 ? opened + PROMPT_MS : late;
  };
}
/** A typescript alone names nobody; time has to tell then whose it is, also among several people. */
export function isAnonymous({ plan, host }: Session): boolean {
  return plan.recorder === 'script' && !plan.named && host.recorderSkewMs === 0;
}

/** For all that the log shows. */
function endOf({ plan, closed }: Session): number {
  return plan.end === 'none' ? Infinity : closed;
}
