import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Login {
  readonly user?: string;
  /** Time of the login on 2026-11-22, e.g. `10:00:00`. */
  readonly at: string;
  readonly pid: number;
  readonly host?: string;
  readonly port?: number;
}

/** What sshd writes at LogLevel VERBOSE about one interactive login of twenty seconds. */
export function sshdLogin({ user = 'alice', at, pid, host = 'web01', port = 50_000 + pid }: Login): string {
  const start = Date.parse(`2026-11-22T${at}Z`);
  const from = `from 10.9.0.9 port ${port}`;
  const key = 'ED25519 SHA256:EGt4qnytXotch+O7ZtacY3aclvbrYEwwsJ1UC8Ki010';
  const line = (ms: number, process: number, message: string) =>
    `${new Date(start + ms).toISOString().replace('Z', '000+00:00')} ${host} sshd[${process}]: ${message}\n`;
  return [
    line(0, pid, `Connection ${from} on 10.9.0.1 port 22 rdomain ""`),
    line(100, pid, `Accepted publickey for ${user} ${from} ssh2: ${key}`),
    line(110, pid, `pam_unix(sshd:session): session opened for user ${user}(uid=1001) by (uid=0)`),
    line(120, pid, `User child is on pid ${pid + 4}`),
    line(150, pid + 4, `Starting session: shell on pts/0 for ${user} ${from} id 0`),
    line(20_000, pid + 4, `Disconnected from user ${user} 10.9.0.9 port ${port}`),
    line(20_010, pid, `pam_unix(sshd:session): session closed for user ${user}`),
  ].join('');
}

/** The tlog message that records the login of the same `at` and `pid`. */
export function tlogRecording({ user = 'alice', at, pid, host = 'web01' }: Login): string {
  const start = Date.parse(`2026-11-22T${at}Z`);
  const message = {
    ver: '2.3',
    host,
    rec: `0123456789abcdef0123456789abcdef-${(pid + 5).toString(16)}-${pid.toString(16)}`,
    user,
    term: 'xterm',
    session: pid,
    id: 1,
    pos: 0,
    time: (start + 200) / 1000,
    timing: '=80x24>5+15000>4',
    in_txt: '',
    in_bin: [],
    out_txt: 'hellobyes',
    out_bin: [],
  };
  return `${JSON.stringify(message)}\n`;
}

/** Writes files below a folder; the folders between are made. */
export function writeTree(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content, { mode: 0o600 });
  }
}
