import type { Access } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';

/** 2026-11-22T10:00:00Z: the reference instant of built facts. */
export const T0 = Date.UTC(2026, 10, 22, 10);

let serial = 0;

/** An event with everything a decoder would fill in; unique unless `uid` is given. */
export function event(part: Partial<Event> & Pick<Event, 'kind'>): Event {
  serial += 1;
  return {
    uid: `ev_${String(serial).padStart(20, '0')}`,
    time: T0,
    resolution: 0.001,
    assumed: [],
    seq: serial,
    stream: 'auth.log',
    program: 'sshd',
    target: 'web01',
    reportedHost: null,
    path: null,
    account: null,
    actor: null,
    origin: null,
    credential: null,
    session: {},
    detail: {},
    ref: { source: 'auth.log', record: String(serial) },
    ...part,
  };
}

export interface LoginOptions {
  readonly account?: string;
  readonly at?: number;
  readonly until?: number | null;
  readonly pid?: number;
  readonly child?: number;
  readonly ip?: string;
  readonly port?: number;
  readonly target?: string;
  readonly stream?: string;
  readonly resolution?: number;
  /** Channels at VERBOSE; none and no greeting at INFO. */
  readonly channels?: readonly {
    path: Event['path'];
    at: number;
    until?: number;
    tty?: string;
    slot?: number;
  }[];
  readonly verbose?: boolean;
}

/** The lines of one ssh login as sshd 9.2 writes them. */
export function login(options: LoginOptions = {}): Event[] {
  const { account = 'alice', at = T0, pid = 1000, child = pid + 6, ip = '10.0.0.9', port = 50_000 } = options;
  const { target = 'web01', stream = 'auth.log', resolution = 0.001 } = options;
  const until = options.until === undefined ? at + 60_000 : options.until;
  const verbose = options.verbose ?? options.channels !== undefined;
  const clock = (time: number) => (resolution >= 1000 ? Math.floor(time / 1000) * 1000 : time);
  const base = { target, stream, resolution, origin: { ip, port } };
  const lines: Event[] = [];
  const say = (part: Partial<Event> & Pick<Event, 'kind'>, time: number) =>
    lines.push(event({ ...base, ...part, time: clock(time) }));
  if (verbose) say({ kind: 'connection.open', session: { pid }, detail: { localIp: '10.0.0.1' } }, at - 150);
  say(
    {
      kind: 'access.open',
      path: 'ssh',
      account,
      session: { pid },
      credential: { type: 'publickey', id: 'SHA256:k' },
    },
    at,
  );
  say(
    {
      kind: 'session.open',
      account,
      origin: null,
      session: { pid },
      detail: { service: 'sshd', accountUid: 1001 },
    },
    at + 2,
  );
  if (verbose) say({ kind: 'session.link', origin: null, session: { pid, childPid: child } }, at + 10);
  for (const { path, at: start, until: stop, tty, slot = 0 } of options.channels ?? []) {
    const session = { pid: child, channel: slot, ...(tty === undefined ? {} : { tty }) };
    say({ kind: 'access.use', path, account, session }, start);
    if (stop !== undefined)
      say({ kind: 'access.close', account, session, detail: { scope: 'channel' } }, stop);
  }
  if (until === null) return lines;
  say({ kind: 'access.close', account, session: { pid: child }, detail: { scope: 'connection' } }, until - 3);
  say({ kind: 'session.close', account, origin: null, session: { pid }, detail: { service: 'sshd' } }, until);
  return lines;
}

/** A complete recording of alice on web01, from T0 + 100 ms for a minute. */
export function recording(part: Partial<Recording> = {}): Recording {
  serial += 1;
  return {
    uid: `rec_${String(serial).padStart(20, '0')}`,
    recorder: 'tlog',
    state: 'complete',
    endProven: false,
    hasEndMarker: false,
    problems: [],
    opened: T0 + 100,
    closed: T0 + 59_900,
    resolution: 1,
    durationMs: 59_800,
    bytes: 1_000,
    events: 10,
    sha256: null,
    evidence: 'E4',
    covers: 'session',
    launch: 'session',
    target: 'web01',
    reportedHost: null,
    account: 'alice',
    actor: null,
    origin: null,
    terminal: null,
    command: null,
    ids: {},
    owner: null,
    ref: { source: 'rec.log', record: String(serial) },
    ...part,
  };
}

/** An access of alice on web01, from T0 for a minute. */
export function access(part: Partial<Access> = {}): Access {
  serial += 1;
  const uid = part.uid ?? `acc_${String(serial).padStart(20, '0')}`;
  return {
    uid,
    path: 'ssh',
    account: 'alice',
    accountUid: 1001,
    actor: null,
    target: 'web01',
    origin: { ip: '10.0.0.9', port: 50_000 + serial },
    credential: null,
    opened: T0,
    closed: T0 + 60_000,
    closedBy: 'record',
    resolution: 0.001,
    assumed: [],
    channelsShown: false,
    connection: uid,
    session: {},
    forcedCommand: null,
    ioLog: null,
    command: null,
    via: null,
    parents: [],
    streams: ['auth.log'],
    cloud: null,
    withoutAccepted: false,
    refs: [],
    ...part,
  };
}
