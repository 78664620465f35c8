import fc from 'fast-check';
import type { Path } from '../../src/model/path.ts';

/** What becomes of a recording before it is read. */
export type Fate = 'kept' | 'none' | 'removed' | 'missing' | 'empty' | 'corrupt' | 'truncated';

/** How a session is recorded. `tlog` and `forced` are started by the session itself, the others by hand. */
export type Recorder = 'tlog' | 'forced' | 'asciicast' | 'script' | 'ttyrec';

export interface HostPlan {
  /** Whole seconds in the log, as RFC 3164 keeps them. */
  readonly coarse: boolean;
  /** LogLevel VERBOSE: channels are shown. */
  readonly verbose: boolean;
  /** Who names the audit session of each login: kernel audit, the journal (with the boot), or nobody. */
  readonly witness: 'auditd' | 'journald' | 'none';
  /** It was started again whenever nobody had been on it for a minute: audit sessions then count from one. */
  readonly reboots: boolean;
  /** The whole host's clock is off by this: of its log and of its recorders. */
  readonly hostSkewMs: number;
  /** Its recorders are off by this as well; beyond the tolerance only where exact pairs show it. */
  readonly recorderSkewMs: number;
}

export interface ChannelPlan {
  readonly path: Path;
  /** After the login; the first begins at once. */
  readonly afterMs: number;
  /** Null: until the connection ends. */
  readonly lengthMs: number | null;
  readonly fate: Fate;
}

export interface ElevationPlan {
  readonly afterMs: number;
  readonly how: 'tsid' | 'short-tsid' | 'json' | 'denied' | 'plain' | 'su';
  readonly fate: Fate;
  readonly command: string;
}

export interface LoginPlan {
  readonly host: number;
  readonly account: string;
  readonly startMs: number;
  readonly lengthMs: number;
  readonly end: 'clean' | 'killed' | 'none';
  readonly recorder: Recorder;
  /** The recording names the audit session (tlog) or the client's port (the others). */
  readonly withId: boolean;
  /** The recording knows whose it is. */
  readonly named: boolean;
  /** A recorder started by hand begins this late; 0 is at once. */
  readonly lateMs: number;
  /** The session says nothing in its last part, of this length. */
  readonly silentMs: number;
  readonly channels: readonly ChannelPlan[];
  readonly elevations: readonly ElevationPlan[];
}

export interface WorldPlan {
  readonly hosts: readonly HostPlan[];
  readonly logins: readonly LoginPlan[];
  /** The log of the first host ends here; null where it is whole. */
  readonly cutMs: number | null;
}

/** Names and commands that try to pass for other lines, keys of objects, or separators of keys. */
const HOSTILE = [
  '__proto__',
  'root from 10.9.9.9 port 22 ssh2',
  'alice\0web01',
  'bob\nAccepted publickey for root from 10.0.0.9 port 40000 ssh2',
  ' alice',
  'alice 10.0.0.9',
];

const account = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('alice', 'bob', 'root') },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
);

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('kept') },
  { weight: 4, arbitrary: fc.constant<Fate>('none') },
  { weight: 2, arbitrary: fc.constantFrom<Fate>('removed', 'missing', 'empty', 'corrupt', 'truncated') },
);

const host: fc.Arbitrary<HostPlan> = fc.record({
  coarse: fc.boolean(),
  verbose: fc.boolean(),
  witness: fc.constantFrom('auditd', 'journald', 'none'),
  reboots: fc.boolean(),
  hostSkewMs: fc.integer({ min: -5_000, max: 5_000 }),
  recorderSkewMs: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -4_500, max: 4_500 }) },
    { weight: 1, arbitrary: fc.constantFrom(-1_800_000, -412_000, 412_000, 1_800_000) },
  ),
});

/** Mostly close together, so that sessions of one person overlap; sometimes hours apart, so that ids recur. */
const start = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 120_000 }),
  fc.integer({ min: 0, max: 9_000_000 }),
);

const channel: fc.Arbitrary<ChannelPlan> = fc.record({
  path: fc.constantFrom<Path>('ssh-shell', 'ssh-shell', 'ssh-exec', 'ssh-sftp'),
  afterMs: fc.integer({ min: 0, max: 60_000 }),
  lengthMs: fc.option(fc.integer({ min: 1_000, max: 60_000 })),
  fate,
});

const elevation: fc.Arbitrary<ElevationPlan> = fc.record({
  afterMs: fc.integer({ min: 1_000, max: 100_000 }),
  how: fc.constantFrom('tsid', 'short-tsid', 'json', 'denied', 'plain', 'su'),
  fate,
  command: fc.constantFrom('/usr/bin/id', '/bin/bash', '/tmp/x ; USER=bob ; COMMAND=/bin/sh'),
});

const login: fc.Arbitrary<LoginPlan> = fc.record({
  host: fc.integer({ min: 0, max: 1 }),
  account,
  startMs: start,
  lengthMs: fc.oneof(fc.integer({ min: 2_000, max: 120_000 }), fc.integer({ min: 2_000, max: 3_000_000 })),
  end: fc.constantFrom('clean', 'clean', 'killed', 'none'),
  recorder: fc.constantFrom<Recorder>('tlog', 'tlog', 'forced', 'asciicast', 'script', 'ttyrec'),
  withId: fc.boolean(),
  named: fc.boolean(),
  lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 5_000, max: 60_000 })),
  silentMs: fc.oneof(fc.constant(0), fc.integer({ min: 1_000, max: 1_000_000 })),
  channels: fc.array(channel, { minLength: 0, maxLength: 3 }),
  elevations: fc.array(elevation, { maxLength: 2 }),
});

export const worldPlan: fc.Arbitrary<WorldPlan> = fc.record({
  hosts: fc.tuple(host, host),
  logins: fc.array(login, { maxLength: 6 }),
  cutMs: fc.option(fc.integer({ min: 0, max: 200_000 }), { freq: 5 }),
});
