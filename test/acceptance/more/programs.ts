import { gzipSync } from 'node:zlib';
import type { World } from './world.ts';

const UIDS: Readonly<Record<string, number>> = {
  root: 0,
  labalice: 1001,
  labbob: 1002,
  labcarol: 1003,
  labrec: 1004,
};
const KEY = 'ED25519 SHA256:EGt4qnytXotch+O7ZtacY3aclvbrYEwwsJ1UC8Ki010';

export interface Channel {
  readonly at: number;
  /** With a `Close session` line; many real ends leave none. */
  readonly until?: number;
  /** As sshd prints it: `shell on pts/0`, `command`, `subsystem 'sftp'`. */
  readonly what: string;
  readonly slot?: number;
}

export interface Login {
  readonly host?: string;
  readonly user: string;
  readonly port: number;
  readonly at: number;
  /** Null: no end line was ever written. */
  readonly until: number | null;
  readonly pid: number;
  readonly child?: number;
  readonly ses: number;
  readonly ip?: string;
  readonly level?: 'VERBOSE' | 'INFO' | 'ERROR';
  readonly pam?: boolean;
  readonly tag?: string;
  readonly channels?: readonly Channel[];
  readonly credential?: string;
  /** Seconds the kernel's clock is ahead of the log's. */
  readonly kernelAhead?: number;
}

/** The lines and kernel records of one ssh login, in the order of OpenSSH 9.2 and 10.5. */
export function sshLogin(world: World, login: Login): void {
  const { host = 'web01', user, port, at, until, pid, ses, ip = '10.99.0.10', level = 'VERBOSE' } = login;
  const { pam = true, tag = 'sshd', kernelAhead = 0 } = login;
  const child = user === 'root' && tag === 'sshd' ? pid : (login.child ?? pid + 6);
  const channels = login.channels ?? [{ at: at + 0.06, what: 'shell on pts/0' }];
  const from = `${user} from ${ip} port ${port}`;
  const say = (t: number, who: number, text: string) => world.say(host, t, tag, who, text);
  const verbose = level === 'VERBOSE';
  if (verbose) {
    say(at - 0.16, pid, `Connection from ${ip} port ${port} on 10.99.0.3 port 22 rdomain ""`);
    say(at - 0.012, pid, `Accepted key ${KEY} found at /etc/ssh/keys/${user}:1`);
    say(at - 0.006, pid, `Postponed publickey for ${from} ssh2 [preauth]`);
    say(at - 0.005, pid, `Accepted key ${KEY} found at /etc/ssh/keys/${user}:1`);
  }
  if (level !== 'ERROR') say(at, pid, `Accepted publickey for ${from} ssh2: ${login.credential ?? KEY}`);
  if (pam) {
    say(
      at + 0.002,
      pid,
      `pam_unix(sshd:session): session opened for user ${user}(uid=${UIDS[user]}) by (uid=0)`,
    );
    say(at + 0.011, pid, 'pam_env(sshd:session): deprecated reading of user environment enabled');
  }
  if (verbose && child !== pid) say(at + 0.012, pid, `User child is on pid ${child}`);
  if (verbose) {
    const events = channels.flatMap((one) => [
      { t: one.at, text: `Starting session: ${one.what} for ${from} id ${one.slot ?? 0}` },
      ...(one.until === undefined
        ? []
        : [{ t: one.until, text: `Close session: user ${from} id ${one.slot ?? 0}` }]),
    ]);
    for (const { t, text } of events.toSorted((a, b) => a.t - b.t)) say(t, child, text);
  }
  if (until !== null && level !== 'ERROR') {
    say(until - 0.003, child, `Received disconnect from ${ip} port ${port}:11: disconnected by user`);
    say(until - 0.002, child, `Disconnected from user ${user} ${ip} port ${port}`);
  }
  if (until !== null && pam) say(until, pid, `pam_unix(sshd:session): session closed for user ${user}`);
  const where = `exe="/usr/sbin/sshd" hostname=${ip} addr=${ip} terminal=ssh res=success'`;
  const uid = UIDS[user];
  const none = 4294967295;
  world.kernel(
    at - 0.003 + kernelAhead,
    'LOGIN',
    `pid=${pid} uid=0 old-auid=${none} auid=${uid} tty=(none) old-ses=${none} ses=${ses} res=1`,
  );
  if (!pam) return;
  const record = (t: number, type: string, op: string) =>
    world.kernel(
      t + kernelAhead,
      type,
      `pid=${pid} uid=0 auid=${uid} ses=${ses} msg='op=PAM:${op} grantors=pam_loginuid,pam_unix acct="${user}" ${where}`,
    );
  record(at + 0.005, 'USER_START', 'session_open');
  if (until !== null) record(until - 0.004, 'USER_END', 'session_close');
}

const BOOT = 'a52e6adcf47d409794d21ef8dced47d8';

export interface TlogSession {
  readonly host?: string;
  readonly user: string;
  readonly ses: number;
  readonly pid: number;
  /** Seconds after the base of each message. */
  readonly messages: readonly number[];
  readonly fqdn?: string;
}

/** tlog's own messages of one recorded session. */
export function tlogLines(
  world: World,
  { host = 'web01', user, ses, pid, messages, fqdn }: TlogSession,
): string {
  const rec = `${BOOT}-${pid.toString(16)}-${(400_000 + pid).toString(16)}`;
  return messages
    .map((at, index) => {
      const text = `${user}@${host}:~$ step ${index}\\r\\n`;
      const shown = text.length - 2;
      const time = (world.baseS + at).toFixed(3);
      const pos = Math.round((at - (messages[0] ?? at)) * 1000);
      return `{"ver":"2.3","host":"${fqdn ?? `${host}.lab.test`}","rec":"${rec}","user":"${user}","term":"xterm","session":${ses},"id":${index + 1},"pos":${pos},"time":${time},"timing":"=80x24>${shown}","in_txt":"","in_bin":[],"out_txt":"${text}","out_bin":[]}\n`;
    })
    .join('');
}

export interface Elevated {
  readonly host?: string;
  readonly actor: string;
  readonly account?: string;
  readonly tty: string;
  readonly at: number;
  readonly until: number;
  readonly ses: number;
  readonly pid: number;
}

function kernelElevation(world: World, program: 'su' | 'sudo', use: Elevated): void {
  const { actor, account = 'root', tty, ses, pid } = use;
  const uid = UIDS[actor];
  const record = (t: number, type: string, op: string) =>
    world.kernel(
      t,
      type,
      `pid=${pid} uid=${uid} auid=${uid} ses=${ses} msg='op=PAM:${op} grantors=pam_permit,pam_unix acct="${account}" exe="/usr/bin/${program}" hostname=? addr=? terminal=/dev/${tty} res=success'`,
    );
  record(use.at, 'USER_START', 'session_open');
  record(use.until, 'USER_END', 'session_close');
}

export function su(world: World, use: Elevated): void {
  const { host = 'web01', actor, account = 'root', tty, at, until, pid } = use;
  world.say(host, at, 'su', pid, `(to ${account}) ${actor} on ${tty}`);
  world.say(
    host,
    at + 0.002,
    'su',
    pid,
    `pam_unix(su-l:session): session opened for user ${account}(uid=${UIDS[account]}) by ${actor}(uid=${UIDS[actor]})`,
  );
  world.say(host, until, 'su', pid, `pam_unix(su-l:session): session closed for user ${account}`);
  kernelElevation(world, 'su', use);
}

export interface Sudo extends Elevated {
  readonly command?: string;
  /** Six digits; the accept line shows the last two. */
  readonly tsid?: string;
  readonly subcommands?: readonly { at: number; command: string }[];
  /** `Defaults syslog_pid`. */
  readonly showPid?: boolean;
  /** `Defaults log_exit_status`. */
  readonly exitLine?: boolean;
}

export function sudo(world: World, use: Sudo): void {
  const { host = 'web01', actor, account = 'root', tty, at, until, tsid, command = '/bin/bash' } = use;
  const pid = use.showPid ? use.pid : null;
  const line = (id: string | undefined, what: string) =>
    `${actor.padStart(8)} : TTY=${tty} ; PWD=/home/${actor} ; USER=${account} ;${id ? ` TSID=${id} ;` : ''} COMMAND=${what}`;
  const say = (t: number, text: string) => world.say(host, t, 'sudo', pid, text);
  say(at, line(tsid?.slice(-2), command));
  say(
    at + 0.001,
    `pam_unix(sudo:session): session opened for user ${account}(uid=${UIDS[account]}) by ${actor}(uid=${UIDS[actor]})`,
  );
  for (const one of use.subcommands ?? []) {
    say(one.at, line(`${tsid?.slice(-2)}@${(one.at - at).toFixed(2)}`, one.command));
  }
  say(until, `pam_unix(sudo:session): session closed for user ${account}`);
  if (tsid !== undefined || use.exitLine) {
    const id = use.subcommands ? `${tsid}@${(until - at).toFixed(2)}` : tsid;
    say(until + 0.001, `${line(id, command)} ; EXIT=0`);
  }
  kernelElevation(world, 'sudo', use);
}

/** sudo with `log_format=json`: no `iolog_path` means that nothing is kept. */
export function sudoJson(
  world: World,
  use: Elevated & { command: string; iologPath?: string; uuid: string },
): void {
  const { host = 'web01', actor, account = 'root', tty, at, until, command, uuid, iologPath } = use;
  const stamp = (t: number) => {
    const time = world.baseS + t;
    return { seconds: Math.floor(time), nanoseconds: Math.floor((time % 1) * 1e9) };
  };
  const path = iologPath === undefined ? {} : { iolog_path: iologPath };
  const say = (t: number, text: string) => world.say(host, t, 'sudo', null, text);
  const accept = { uuid, server_time: stamp(at), submit_time: stamp(at - 0.004), ...path };
  const who = {
    submituser: actor,
    command,
    runuser: account,
    ttyname: `/dev/${tty}`,
    submithost: `${host}.lab.test`,
  };
  const run = {
    submitcwd: `/home/${actor}`,
    runuid: 0,
    columns: 80,
    lines: 24,
    runargv: [command],
    runenv: ['TERM=xterm'],
  };
  say(at, `@cee:${JSON.stringify({ sudo: { accept: { ...accept, ...who, ...run } } })}`);
  say(
    at + 0.001,
    `pam_unix(sudo:session): session opened for user ${account}(uid=0) by ${actor}(uid=${UIDS[actor]})`,
  );
  say(until, `pam_unix(sudo:session): session closed for user ${account}`);
  const exit = { uuid, server_time: stamp(until), exit_time: stamp(until), exit_value: 0, ...path };
  say(until + 0.001, `@cee:${JSON.stringify({ sudo: { exit } })}`);
  kernelElevation(world, 'sudo', use);
}

/** A finished sudo I/O log folder (`timing` read-only), compressed as Debian's sudo does. */
export function ioLog(
  world: World,
  folder: string,
  use: Elevated & { command?: string; keeper?: string },
): void {
  const { host = 'web01', actor, account = 'root', tty, at, until, command = '/bin/bash' } = use;
  const time = world.baseS + at;
  const output = 'root@web01:~# id\r\nuid=0(root)\r\n';
  const keep = (name: string, content: string, mode = 0o600) =>
    world.keep(use.keeper ?? host, `${folder}/${name}`, gzipSync(content), mode, until);
  const about = {
    timestamp: { seconds: Math.floor(time), nanoseconds: Math.floor((time % 1) * 1e9) },
    submituser: actor,
    command,
    runuser: account,
    ttyname: `/dev/${tty}`,
    submithost: host,
    submitcwd: `/home/${actor}`,
    runuid: 0,
    columns: 80,
    lines: 24,
    runargv: [command],
    runenv: ['TERM=xterm'],
  };
  const header = `${Math.floor(time)}:${actor}:${account}::/dev/${tty}:24:80\n/home/${actor}\n${command}\n`;
  world.keep(use.keeper ?? host, `${folder}/log.json`, JSON.stringify(about, null, 4), 0o600, at);
  world.keep(use.keeper ?? host, `${folder}/log`, header, 0o600, at);
  for (const name of ['stdin', 'stdout', 'stderr', 'ttyin']) keep(name, '');
  keep('ttyout', output);
  keep('timing', `4 0.007254346 16\n4 ${(until - at - 0.05).toFixed(9)} ${output.length - 16}\n`, 0o400);
}

export interface Recorded {
  readonly user: string;
  readonly port: number;
  readonly at: number;
  /** Seconds after the start of each output. */
  readonly outputs: readonly number[];
  readonly pid: number;
  readonly tty?: string;
  readonly ses?: number;
}

function stampOf(world: World, at: number): string {
  return `${new Date(Math.floor(world.baseS + at) * 1000).toISOString().slice(0, 19)}Z`;
}

/** `20261122T120000-labalice-23603`. */
export function baseNameOf(world: World, { user, at, pid }: Pick<Recorded, 'user' | 'at' | 'pid'>): string {
  return `${stampOf(world, at).replaceAll(/[-:Z]/g, '')}-${user}-${pid}`;
}

export function castOf(world: World, one: Recorded): string {
  const env = {
    SSH_CONNECTION: `10.99.0.10 ${one.port} 10.99.0.3 22`,
    SSH_TTY: `/dev/${one.tty ?? 'pts/0'}`,
    USER: one.user,
    TERM: 'xterm',
    SHELL: '/bin/bash',
  };
  const header = {
    version: 2,
    width: 80,
    height: 24,
    timestamp: Math.floor(world.baseS + one.at),
    env,
    title: baseNameOf(world, one),
  };
  const frames = one.outputs.map((t, at) => JSON.stringify([t, 'o', `step ${at}\r\n`]));
  return [JSON.stringify(header), ...frames, ''].join('\n');
}

/** util-linux script with the advanced timing format, and the sidecar its wrapper writes. */
export function keepScript(world: World, one: Recorded): string {
  const base = baseNameOf(world, one);
  const [tty, start] = [one.tty ?? 'pts/0', stampOf(world, one.at)];
  const spaced = (t: number) => stampOf(world, t).replace('T', ' ').replace('Z', '+00:00');
  const texts = one.outputs.map((_, at) => `step ${at}\r\n`);
  const gaps = one.outputs.map((t, at) => t - (one.outputs[at - 1] ?? 0));
  const last = one.outputs.at(-1) ?? 0;
  const meta = {
    id: base,
    user: one.user,
    client_ip: '10.99.0.10',
    client_port: one.port,
    tty: `/dev/${tty}`,
    orig_cmd: '',
    sessionid: one.ses,
    start,
  };
  const timing = [
    `H 0.000000 START_TIME ${spaced(one.at)}`,
    'H 0.000000 TERM xterm',
    `H 0.000000 TTY /dev/${tty}`,
    'H 0.000000 COLUMNS 80',
    'H 0.000000 LINES 24',
    'H 0.000000 SHELL /bin/bash',
    'H 0.000000 COMMAND /bin/bash -l',
    `H 0.000000 TIMING_LOG /var/log/rec/script/${base}.timing`,
    `H 0.000000 OUTPUT_LOG /var/log/rec/script/${base}.log`,
    ...texts.map((text, at) => `O ${(gaps[at] ?? 0).toFixed(6)} ${text.length}`),
    `H 0.000000 DURATION ${last.toFixed(6)}`,
    'H 0.000000 EXIT_CODE 0',
    '',
  ];
  const head = `Script started on ${spaced(one.at)} [COMMAND="/bin/bash -l" TERM="xterm" TTY="/dev/${tty}" COLUMNS="80" LINES="24"]\n`;
  world.keep(
    'web01',
    `script/${base}.log`,
    `${head}${texts.join('')}\nScript done on ${spaced(one.at + last)} [COMMAND_EXIT_CODE="0"]\n`,
  );
  world.keep('web01', `script/${base}.timing`, timing.join('\n'));
  world.keep('web01', `script/${base}.meta.json`, `${JSON.stringify(meta)}\n`);
  return base;
}

/** ttyrec: frames of seconds, microseconds and length, little-endian, then the bytes. */
export function ttyrecOf(world: World, one: Recorded): Buffer {
  return Buffer.concat(
    one.outputs.map((t, at) => {
      const [time, text] = [world.baseS + one.at + t, Buffer.from(`step ${at}\r\n`)];
      const head = Buffer.alloc(12);
      head.writeUInt32LE(Math.floor(time), 0);
      head.writeUInt32LE(Math.floor((time % 1) * 1e6), 4);
      head.writeUInt32LE(text.length, 8);
      return Buffer.concat([head, text]);
    }),
  );
}
