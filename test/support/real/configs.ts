import type { Account } from './accounts.ts';
import type { Keys } from './keys.ts';
import { isWrapped, tlogConfig, writeWrapper } from './wrappers.ts';

export interface Places {
  /** Private folder of one lab. */
  readonly folder: string;
  /** Folder that holds one folder per recorder. */
  readonly recordings: string;
  readonly bin: string;
  readonly logSocket: string;
  readonly isoLog: string;
  readonly plainLog: string;
}

/** rsyslogd that hears one socket and keeps every line twice: with ISO times and as RFC 3164. */
export function rsyslogConfig({ folder, logSocket, isoLog, plainLog }: Places): string {
  const keep = (file: string, template: string) =>
    `auth,authpriv.* action(type="omfile" file="${file}" template="${template}")\n`;
  return (
    `global(workDirectory="${folder}")\n` +
    `module(load="imuxsock" SysSock.Name="${logSocket}" SysSock.RateLimit.Interval="0")\n` +
    keep(plainLog, 'RSYSLOG_TraditionalFileFormat') +
    // Last, since tests wait for what it says: the other one then says it too.
    keep(isoLog, 'RSYSLOG_FileFormat')
  );
}

export type LogLevel = 'VERBOSE' | 'INFO';

/** sshd on loopback that knows only the keys of the lab and starts the recorder of each account. */
export function sshdConfig(
  places: Places,
  keys: Keys,
  accounts: readonly Account[],
  { port, logLevel }: { readonly port: number; readonly logLevel: LogLevel },
): string {
  return [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${keys.hostKey}`,
    `LogLevel ${logLevel}`,
    'UsePAM yes',
    'KbdInteractiveAuthentication no',
    `AuthorizedKeysFile ${keys.authorized}`,
    `TrustedUserCAKeys ${keys.caPublic}`,
    'StrictModes no',
    'UseDNS no',
    'PrintMotd no',
    'PidFile none',
    'MaxStartups 100:30:200',
    'Subsystem sftp internal-sftp',
    ...accounts.map((account) => matchBlock(account, places)),
    '',
  ].join('\n');
}

function matchBlock({ role, name }: Account, { bin, recordings }: Places): string {
  const own = `${recordings}/${role}`;
  if (isWrapped(role)) return `Match User ${name}\n  ForceCommand ${writeWrapper(role, bin, own)}`;
  if (role !== 'tlog') return '';
  const text = tlogConfig(own).replaceAll('"', '\\"');
  return `Match User ${name}\n  SetEnv "TLOG_REC_SESSION_CONF_TEXT=${text}"`;
}

/** sudo keeps I/O logs of the accounts of role `sudo`, but of one command; it keeps none of the other accounts. */
export function sudoersText(accounts: readonly Account[], recordings: string): string {
  const lines = accounts.flatMap(({ role, name }) => [
    `${name} ALL=(ALL:ALL) NOPASSWD: ALL, NOPASSWD: NOLOG_OUTPUT: NOLOG_INPUT: /usr/bin/whoami`,
    ...(role === 'sudo'
      ? [`Defaults:${name} log_output, log_input, log_exit_status, iolog_dir=${recordings}/sudo`]
      : []),
  ]);
  return `Defaults !fqdn\n${lines.join('\n')}\n`;
}
