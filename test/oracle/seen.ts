import type { Event, Origin } from '../../src/model/event.ts';

/** An access as the oracle sees it: only what joining and judging by design need. */
export interface Seen {
  readonly uid: string;
  readonly kind: 'session' | 'tunnel' | 'elevation';
  readonly target: string;
  readonly account: string;
  readonly actor: string | null;
  readonly origin: Origin | null;
  readonly opened: number;
  readonly closed: number | null;
  readonly resolution: number;
  /** Channels of one connection share it. */
  readonly connection: string;
  readonly channelsShown: boolean;
  readonly forced: boolean;
  /** The process that starts what the user asked for. */
  readonly pid: number | null;
  readonly auditSession: number | null;
  readonly bootId: string | null;
  readonly tty: string | null;
  /** Whether a terminal was asked for; null where the log does not tell what the session itself ran. */
  readonly terminal: boolean | null;
  readonly tsid: string | null;
  readonly iologPath: string | null;
  readonly command: string | null;
  /** For sudo: whether it says that it keeps an I/O log. Null for what keeps none. */
  readonly ioLog: 'claimed' | 'denied' | 'unknown' | null;
}

/** Kernel audit and sshd stamp one login within this. */
const AUDIT_NEAR_MS = 10_000;
/** sshd opens its first channel within this; a log that ends earlier cannot show that there is none. */
const FIRST_CHANNEL_MS = 5_000;

/** Step 1: events → accesses. A record read twice counts once; only time and place in the stream order them. */
export function accessesSeen(events: readonly Event[]): Seen[] {
  const unique = [...new Map(events.map((one) => [one.uid, one])).values()];
  const ordered = unique.sort((a, b) => a.time - b.time || a.seq - b.seq);
  const audit = ordered.filter((one) => one.program === 'auditd');
  const targets = new Set(ordered.flatMap((one) => one.target ?? []));
  return [...targets].flatMap((target) => {
    const lines = ordered.filter((one) => one.target === target && one.program !== 'auditd');
    return [
      ...loginsOf(lines).flatMap((login) => sessionsOf(login, lines, audit)),
      ...elevationsOf(lines, audit),
    ];
  });
}

/** `Accepted`, with every later line of the same connection. */
interface Login {
  readonly accepted: Event;
  readonly own: readonly Event[];
  readonly childPid: number | null;
  readonly greeted: boolean;
  readonly closed: number | null;
}

function loginsOf(lines: readonly Event[]): Login[] {
  const accepted = lines.filter((one) => one.kind === 'access.open' && one.path === 'ssh');
  return accepted.map((opening) => {
    const { pid } = opening.session;
    const later = lines.slice(lines.indexOf(opening) + 1);
    // Pids and ports recur: from the next login that has one of them on, they tell of that one.
    const reused = later.findIndex(
      (one) =>
        accepted.includes(one) && (one.session.pid === pid || isSameOrigin(one.origin, opening.origin)),
    );
    const life = reused < 0 ? later : later.slice(0, reused);
    const childPid =
      life.find((one) => one.session.childPid !== undefined && one.session.pid === pid)?.session.childPid ??
      null;
    const own = life.filter((one) =>
      one.origin?.port == null ? one.session.pid === pid : isSameOrigin(one.origin, opening.origin),
    );
    const greeted = lines.some(
      (one) => one.kind === 'connection.open' && isSameOrigin(one.origin, opening.origin),
    );
    const closed =
      endOf(own) ?? later.find((one) => accepted.includes(one) && takesOver(one, pid, childPid))?.time;
    return { accepted: opening, own, childPid, greeted, closed: closed ?? null };
  });
}

/** The last line that ends a connection: PAM closes after the disconnect. */
function endOf(own: readonly Event[]): number | null {
  const ends = own.filter(
    (one) =>
      one.kind === 'session.close' || (one.kind === 'access.close' && one.detail.scope === 'connection'),
  );
  return ends.at(-1)?.time ?? null;
}

/** A pid that serves another login is proof that its process had ended. */
function takesOver(one: Event, pid: number | undefined, childPid: number | null): boolean {
  return one.session.pid === pid || one.session.pid === childPid;
}

function isSameOrigin(a: Origin | null, b: Origin | null): boolean {
  return a !== null && b !== null && a.ip === b.ip && a.port === b.port;
}

/** One access per channel where the log shows channels, else one for the connection. */
function sessionsOf(login: Login, lines: readonly Event[], audit: readonly Event[]): Seen[] {
  const { accepted, own } = login;
  const channels = own.filter((one) => one.kind === 'access.use');
  const channelsShown = login.greeted || login.childPid !== null || channels.length > 0;
  const base = {
    ...blank(accepted),
    connection: toUid(accepted),
    closed: login.closed,
    channelsShown,
    pid: login.childPid ?? (channels[0] ?? accepted).session.pid ?? null,
    auditSession:
      own.find((one) => one.session.auditSession !== undefined)?.session.auditSession ??
      auditSessionOf(accepted, [accepted.session.pid, login.childPid], audit),
  };
  if (channels.length > 0) return channels.map((channel, at) => channelOf(base, login, channel, at));
  const settled = endOf(own) !== null || (lines.at(-1)?.time ?? 0) - accepted.time > FIRST_CHANNEL_MS;
  return [{ ...base, kind: channelsShown && settled ? 'tunnel' : 'session' }];
}

/** sshd reuses channel slots: a close belongs to the latest channel on its slot. The first begins with the login. */
function channelOf(base: Seen, login: Login, channel: Event, at: number): Seen {
  const after = login.own.slice(login.own.indexOf(channel) + 1);
  const sameSlot = after.filter((one) => one.session.channel === channel.session.channel);
  const next = sameSlot.find((one) => one.kind === 'access.use' || one.detail.scope === 'channel');
  return {
    ...base,
    kind: 'session',
    uid: at === 0 ? base.uid : toUid(channel),
    opened: at === 0 ? base.opened : channel.time,
    closed: next?.detail.scope === 'channel' ? next.time : base.closed,
    tty: channel.session.tty ?? null,
    terminal: channel.detail.forcedCommand === undefined ? channel.session.tty !== undefined : null,
    forced: channel.detail.forcedCommand !== undefined,
  };
}

/** The nearest audit record of one of the login's processes. */
function auditSessionOf(
  accepted: Event,
  pids: readonly (number | null | undefined)[],
  audit: readonly Event[],
): number | null {
  const near = audit
    .filter((one) => one.target === accepted.target && one.account === accepted.account)
    .filter((one) => pids.includes(one.session.pid) && distance(one, accepted) <= AUDIT_NEAR_MS)
    .sort((a, b) => distance(a, accepted) - distance(b, accepted));
  return near[0]?.session.auditSession ?? null;
}

function distance(a: Event, b: Event): number {
  return Math.abs(a.time - b.time);
}

/** sudo says each use in a line of its own; su is known from PAM alone. */
function elevationsOf(lines: readonly Event[], audit: readonly Event[]): Seen[] {
  const uses = lines.filter((one) => (one.kind === 'access.open' && one.path === 'sudo') || isSuOpening(one));
  return uses.map((use) => {
    const later = lines.slice(lines.indexOf(use) + 1);
    const { tsid, iologPath, tty } = use.session;
    const claimed = tsid !== undefined || iologPath !== undefined;
    const sudo = claimed ? 'claimed' : use.detail.json === true ? 'denied' : 'unknown';
    return {
      ...blank(use),
      kind: 'elevation',
      actor: use.actor ?? use.detail.by ?? null,
      closed: later.find((one) => isEndOfUse(use, one))?.time ?? null,
      tty: tty ?? null,
      tsid: tsid ?? null,
      iologPath: iologPath ?? null,
      auditSession: use.session.auditSession ?? auditOfUse(use, audit),
      command: use.detail.command ?? null,
      ioLog: use.program === 'sudo' ? sudo : null,
    };
  });
}

function isSuOpening(one: Event): boolean {
  return one.kind === 'session.open' && one.detail.service === 'su';
}

/** sudo's exit line names what its first line named; PAM's closing line of su has the pid of its opening. */
function isEndOfUse(use: Event, one: Event): boolean {
  if (isSuOpening(use)) return one.kind === 'session.close' && one.session.pid === use.session.pid;
  if (one.kind !== 'access.close' || one.detail.scope !== 'elevation') return false;
  return use.session.uuid !== undefined
    ? one.session.uuid === use.session.uuid
    : one.session.tsid?.endsWith(use.session.tsid ?? '?') === true && one.actor === use.actor;
}

function auditOfUse(use: Event, audit: readonly Event[]): number | null {
  const own = audit.filter(
    (one) =>
      one.target === use.target && one.detail.service === use.path && one.session.tty === use.session.tty,
  );
  return own.find((one) => distance(one, use) <= 2_500)?.session.auditSession ?? null;
}

function blank(opening: Event): Seen {
  return {
    uid: toUid(opening),
    kind: 'session',
    target: opening.target ?? '',
    account: opening.account ?? '',
    actor: null,
    origin: opening.origin,
    opened: opening.time,
    closed: null,
    resolution: opening.resolution,
    connection: toUid(opening),
    channelsShown: false,
    forced: false,
    pid: null,
    auditSession: null,
    bootId: opening.session.bootId ?? null,
    tty: null,
    terminal: null,
    tsid: null,
    iologPath: null,
    command: null,
    ioLog: null,
  };
}

/** An access is named after the record that opened it. */
function toUid(opening: Event): string {
  return opening.uid.replace(/^ev_/, 'acc_');
}
