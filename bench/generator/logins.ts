import { type Host, insideAddress, nextPid, ORDINARY, PRIVILEGED } from './fleet.ts';
import type { Origin } from './host-log.ts';
import type { PlantedKind } from './truth.ts';
import type { World } from './world.ts';

/** The recording proxies: recorded sessions come from there, and some that are not recorded too. */
export const PROXIES: readonly string[] = ['10.0.0.5', '10.0.0.6'];

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

interface Login {
  readonly host: Host;
  readonly account: string;
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly port: number;
  readonly pid: number;
  readonly child: number;
  readonly auditSession: number;
  readonly terminal: string;
}

/** One login that succeeds. Returns about how many lines it will have. */
export function login(world: World, ms: number): number {
  const { random, options } = world;
  const host = random.pick(world.hosts);
  const durationMs = Math.min(
    28_000_000,
    Math.max(2_000, random.exponential(random.chance(0.5) ? 25_000 : 900_000)),
  );
  const end = ms + Math.round(durationMs);
  if (random.chance(0.25)) return run(world, prepare(world, host, random.pick(ORDINARY), ms, end, false));
  const account = random.chance(0.2) ? random.pick(PRIVILEGED.slice(0, 3)) : random.pick(PRIVILEGED);
  const plan = random.fraction();
  if (plan < options.gap)
    return unrecorded(world, prepare(world, host, account, ms, end, random.chance(0.15)), 'unrecorded');
  const truncated = durationMs > 120_000 && random.chance(options.truncation);
  const session = prepare(world, host, account, ms, end, true);
  if (!truncated && durationMs > 60_000 && random.chance(options.overlap)) direct(world, session);
  return recorded(world, session, truncated);
}

function prepare(
  world: World,
  host: Host,
  account: string,
  start: number,
  end: number,
  proxied: boolean,
): Login {
  const { random } = world;
  const pid = nextPid(host, random);
  host.terminal = (host.terminal + 1) % 200;
  return {
    host,
    account,
    start,
    end,
    from: proxied ? random.pick(PROXIES) : insideAddress(random),
    port: random.between(1024, 65_000),
    pid,
    // For root sshd forks no second process.
    child: account === 'root' ? pid : nextPid(host, random),
    auditSession: ++host.auditSession,
    terminal: `pts/${host.terminal}`,
  };
}

function recorded(world: World, session: Login, truncated: boolean): number {
  const { random, options, ledger } = world;
  ledger.count('privileged');
  ledger.count('recorded');
  const lateMs = random.chance(options.late) ? random.between(60_000, 7_200_000) : random.between(0, 3_000);
  const { host, account, auditSession, from, end } = session;
  // The shell starts a moment after the login; the recorder stops a moment before it.
  const start = session.start + random.between(60, 600);
  const recording = {
    host,
    account,
    auditSession,
    from,
    start,
    end: Math.max(start + 500, end - 300),
    truncated,
    lateMs,
  };
  world.recorder.record(recording, (ms, run) => world.at(ms, run));
  if (truncated) plant(world, session, 'truncated');
  return run(world, session);
}

function unrecorded(world: World, session: Login, kind: PlantedKind): number {
  world.ledger.count('privileged');
  plant(world, session, kind);
  return run(world, session);
}

/** A login past the recorder, by the same account to the same host, during a recorded session. */
function direct(world: World, session: Login): void {
  const { random } = world;
  const durationMs = session.end - session.start;
  const afterMs = random.chance(0.1)
    ? random.between(1_000, 18_000)
    : random.between(20_000, durationMs - 5_000);
  const start = session.start + afterMs;
  const end = start + random.between(2_000, Math.max(3_000, durationMs));
  world.at(start, () => {
    unrecorded(
      world,
      prepare(world, session.host, session.account, start, end, random.chance(0.15)),
      'overlap',
    );
  });
}

/** Syslog writes whole seconds; a journal's microseconds are cut to the millisecond. */
function plant(world: World, { host, account, pid, start }: Login, kind: PlantedKind): void {
  const local = start + host.skewMs;
  const time = host.journal ? local : Math.floor(local / 1000) * 1000;
  world.ledger.plant({ kind, target: host.name, account, pid, cloudSession: null, time });
}

/** What the host logs of a session from its login to its end. */
function run(world: World, session: Login): number {
  const { host, account, start, pid } = session;
  world.ledger.count('logins');
  const outer = { program: host.program, pid };
  const inner = { ...outer, auditSession: session.auditSession };
  const place = `${session.from} port ${session.port}`;
  const say = (afterMs: number, origin: Origin, message: string): void => {
    world.at(start + afterMs, () => world.log.write(host, start + afterMs, origin, message));
  };
  if (host.verbose) say(-90, outer, `Connection from ${place} on 10.9.0.1 port 22 rdomain ""`);
  say(0, outer, `Accepted ${credentialOf(world, session)}`);
  const by = host.numbers ? '(uid=1000) by (uid=0)' : ' by (uid=0)';
  say(5, inner, `pam_unix(sshd:session): session opened for user ${account}${by}`);
  say(20, logind(session, 'new'), `New session ${session.auditSession} of user ${account}.`);
  if (host.verbose) {
    if (session.child !== pid) say(40, outer, `User child is on pid ${session.child}`);
    const channel = { ...inner, pid: session.child };
    say(50, channel, `Starting session: shell on ${session.terminal} for ${account} from ${place} id 0`);
  }
  const elevations = elevate(world, session);
  // A host that crashes writes no end.
  if (!world.random.chance(0.003)) end(world, session);
  return 8 + (host.verbose ? 3 : 0) + elevations;
}

function credentialOf(world: World, { account, from, port }: Login): string {
  const { random } = world;
  const place = `for ${account} from ${from} port ${port} ssh2`;
  const key = `SHA256:${random.text(43, BASE64)}`;
  const kind = random.fraction();
  if (kind < 0.55) return `publickey ${place}: ED25519 ${key}`;
  if (kind < 0.8) return `publickey ${place}: RSA ${key}`;
  if (kind < 0.9) {
    const authority = `SHA256:${random.text(43, BASE64)}`;
    return `publickey ${place}: ED25519-CERT ${key} ID ${account} (serial ${random.between(1, 1e9)}) CA ED25519 ${authority}`;
  }
  return kind < 0.97 ? `password ${place}` : `keyboard-interactive/pam ${place}`;
}

const NEW_SESSION = '8d45620c1a4348dbb17410da57c60c66';
const REMOVED_SESSION = '3354939424b4456d9802ca8333ed424a';

function logind({ auditSession, account, pid }: Login, step: 'new' | 'removed'): Origin {
  const fields = {
    MESSAGE_ID: step === 'new' ? NEW_SESSION : REMOVED_SESSION,
    SESSION_ID: String(auditSession),
    USER_ID: account,
    ...(step === 'new' ? { LEADER: String(pid) } : {}),
  };
  return { program: 'systemd-logind', pid: 700, fields };
}

function elevate(world: World, session: Login): number {
  const { random, log } = world;
  const { host, account, start, end, terminal, auditSession } = session;
  if (account === 'root' || !random.chance(0.3)) return 0;
  const at = start + 1_000 + Math.floor(random.fraction() * Math.max(0, end - start - 1_500));
  const origin = { program: 'sudo', pid: nextPid(host, random), auditSession };
  const lines = [
    `${account.padStart(8)} : TTY=${terminal} ; PWD=/home/${account} ; USER=root ; COMMAND=/usr/bin/systemctl restart nginx`,
    `pam_unix(sudo:session): session opened for user root(uid=0) by ${account}(uid=1000)`,
    'pam_unix(sudo:session): session closed for user root',
  ];
  world.ledger.count('elevations');
  world.at(at, () => {
    for (const [line, text] of lines.entries()) log.write(host, at + line * 40, origin, text);
  });
  return lines.length;
}

function end(world: World, session: Login): void {
  const { host, account, from, port } = session;
  world.at(session.end, () => {
    const child = { program: host.program, pid: session.child, auditSession: session.auditSession };
    const outer = { ...child, pid: session.pid };
    world.log.write(
      host,
      session.end,
      child,
      `Received disconnect from ${from} port ${port}:11: disconnected by user`,
    );
    world.log.write(host, session.end, child, `Disconnected from user ${account} ${from} port ${port}`);
    world.log.write(
      host,
      session.end + 8,
      outer,
      `pam_unix(sshd:session): session closed for user ${account}`,
    );
    world.log.write(
      host,
      session.end + 20,
      logind(session, 'removed'),
      `Removed session ${session.auditSession}.`,
    );
  });
}
