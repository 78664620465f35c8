import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the logs and tlog recordings of a small fleet, a login a minute per host from `from` (epoch ms) on: every
 * third one is not recorded. Returns how many logins there are and how many have no recording.
 */
export function writeFleet(
  folder: string,
  from: number,
  hosts: number,
  logins: number,
): { logins: number; gaps: number } {
  let gaps = 0;
  for (let host = 0; host < hosts; host++) {
    const name = `host${host}`;
    const lines: string[] = [];
    const messages: string[] = [];
    for (let at = 0; at < logins; at++) {
      const start = from + at * 60_000 + host * 1_000;
      const pid = 2_000 + at * 8;
      lines.push(...sshdLines(name, start, pid, 30_000 + at));
      if (at % 3 === 0) gaps += 1;
      else messages.push(tlogMessage(name, start, pid, at));
    }
    mkdirSync(join(folder, 'hosts', name, 'recordings', 'tlog'), { recursive: true });
    writeFileSync(join(folder, 'hosts', name, 'auth.log'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'hosts', name, 'recordings', 'tlog', 'rec.log'), `${messages.join('\n')}\n`, {
      mode: 0o600,
    });
  }
  return { logins: hosts * logins, gaps };
}

function sshdLines(host: string, start: number, pid: number, port: number): string[] {
  const line = (ms: number, process: number, message: string) => {
    const time = new Date(start + ms).toISOString().replace('Z', '000+00:00');
    return `${time} ${host} sshd[${process}]: ${message}`;
  };
  const from = `from 10.9.0.9 port ${port}`;
  return [
    line(0, pid, `Connection ${from} on 10.9.0.1 port 22 rdomain ""`),
    line(
      100,
      pid,
      `Accepted publickey for alice ${from} ssh2: ED25519 SHA256:EGt4qnytXotch+O7ZtacY3aclvbrYEwwsJ1UC8Ki010`,
    ),
    line(110, pid, 'pam_unix(sshd:session): session opened for user alice(uid=1001) by (uid=0)'),
    line(120, pid, `User child is on pid ${pid + 4}`),
    line(150, pid + 4, `Starting session: shell on pts/0 for alice ${from} id 0`),
    line(20_000, pid + 4, `Disconnected from user alice 10.9.0.9 port ${port}`),
    line(20_010, pid, 'pam_unix(sshd:session): session closed for user alice'),
  ];
}

function tlogMessage(host: string, start: number, pid: number, session: number): string {
  return JSON.stringify({
    ver: '2.3',
    host,
    rec: `0123456789abcdef0123456789abcdef-${(pid + 5).toString(16)}-${(session + 1).toString(16)}`,
    user: 'alice',
    term: 'xterm',
    session: session + 1,
    id: 1,
    pos: 0,
    time: (start + 200) / 1000,
    timing: '=80x24>5+15000>4',
    in_txt: '',
    in_bin: [],
    out_txt: 'hellobyes',
    out_bin: [],
  });
}
