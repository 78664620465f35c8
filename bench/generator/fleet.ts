import type { GenerateOptions } from './options.ts';
import type { Random } from './random.ts';

export interface Host {
  readonly name: string;
  readonly journal: boolean;
  /** Newer releases write as `sshd-session` and quote differently. */
  readonly program: 'sshd' | 'sshd-session';
  /** LogLevel VERBOSE: the log shows connections and channels. */
  readonly verbose: boolean;
  /** PAM tells numbers besides names. */
  readonly numbers: boolean;
  readonly skewMs: number;
  readonly pidMax: number;
  readonly boot: string;
  readonly machine: string;
  pid: number;
  auditSession: number;
  terminal: number;
}

/** A new process of a host; numbers are used again when they run out. */
export function nextPid(host: Host, random: Random): number {
  host.pid += random.between(1, 5);
  if (host.pid >= host.pidMax) host.pid = random.between(300, 500);
  return host.pid;
}

const ROLES = ['web', 'db', 'app', 'queue', 'cache', 'jump', 'build'];

export function buildHosts(options: GenerateOptions, random: Random): readonly Host[] {
  const journals = Math.round(options.hosts * options.journal);
  return Array.from({ length: options.hosts }, (_, at) => ({
    name: `${ROLES[at % ROLES.length]}${String(at + 1).padStart(3, '0')}`,
    journal: at < journals,
    program: random.chance(0.35) ? 'sshd-session' : 'sshd',
    verbose: random.chance(0.3),
    numbers: random.chance(0.6),
    skewMs: Math.round((random.fraction() * 2 - 1) * options.skew * 1000),
    pidMax: random.chance(0.3) ? 32_768 : 4_194_304,
    boot: random.hex(32),
    machine: random.hex(32),
    pid: random.between(1_000, 20_000),
    auditSession: random.between(10, 500),
    terminal: 0,
  }));
}

const NAMES =
  'ada ben cleo dan eve finn gwen hugo iris jan kai lea max nora otto pia quin ria sam tess'.split(' ');

/** Accounts that count as privileged; the first is used far more often than the others. */
export const PRIVILEGED: readonly string[] = [
  'root',
  'ansible',
  'deploy',
  ...NAMES,
  ...NAMES.flatMap((name) => ['ops', 'dba', 'net'].map((team) => `${name}.${team}`)),
];

/** Accounts of machines, which the written configuration takes out. */
export const ORDINARY: readonly string[] = ['git', 'backup', 'metrics', 'mirror'];

/** Names that bots try. */
export const TRIED: readonly string[] =
  'admin test oracle ubuntu user postgres ftp pi guest mysql hadoop nagios jenkins minecraft'.split(' ');

export function outsideAddress(random: Random): string {
  return `${random.between(11, 126)}.${random.between(0, 255)}.${random.between(0, 255)}.${random.between(1, 254)}`;
}

export function insideAddress(random: Random): string {
  return `10.${random.between(1, 4)}.${random.between(0, 255)}.${random.between(1, 254)}`;
}
