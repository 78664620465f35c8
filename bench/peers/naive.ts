// The same job as it is written in an afternoon: a regular expression per line, JSON.parse per record, filter() to join.
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

interface Session {
  readonly host: string;
  readonly account: string;
  readonly pid: string;
  readonly start: number;
  taken?: boolean;
}

interface Scope {
  readonly ordinary: readonly string[];
  readonly toleranceS: number;
}

const LINE = /^(\w{3} [ \d]\d [\d:]{8}) (\S+) (sshd|sshd-session)\[(\d+)\]: (.*)$/;
const ACCEPTED = /^Accepted (\S+) for (\S+) from (\S+) port (\d+)/;

const [folder = '.'] = process.argv.slice(2);
const scope = JSON.parse(readFileSync(join(folder, 'settings', 'scope.json'), 'utf8')) as Scope;
const data = join(folder, 'data');
const opened: Session[] = [];
const cloud = new Map<string, string>();
const recordings: Session[] = [];

function lines(name: string) {
  return createInterface({ input: createReadStream(join(data, name)), crlfDelay: Infinity });
}

function open(host: string, pid: string, start: number, message: string): void {
  const account = ACCEPTED.exec(message)?.[2];
  if (account !== undefined && !scope.ordinary.includes(account)) opened.push({ host, account, pid, start });
}

for await (const line of lines('auth.log')) {
  const [, time, host, , pid, message] = LINE.exec(line) ?? [];
  if (host !== undefined && pid !== undefined) open(host, pid, Date.parse(`${time} 2026 UTC`), message ?? '');
}
for await (const line of lines('journal.ndjson')) {
  const entry = JSON.parse(line) as Record<string, string>;
  if (!entry['SYSLOG_IDENTIFIER']?.startsWith('sshd')) continue;
  const start = Number(entry['__REALTIME_TIMESTAMP']) / 1000;
  open(entry['_HOSTNAME'] ?? '', entry['_PID'] ?? '', start, entry['MESSAGE'] ?? '');
}
for await (const line of lines('cloudtrail.ndjson')) {
  const record = JSON.parse(line) as {
    readonly eventName: string;
    readonly responseElements: { readonly sessionId?: string } | null;
  };
  const session = record.responseElements?.sessionId;
  if (record.eventName === 'StartSession' && session !== undefined) cloud.set(session, record.eventName);
}
if (existsSync(join(data, 'recordings', 'tlog', 'rec.log'))) {
  for await (const line of lines('recordings/tlog/rec.log')) {
    const part = JSON.parse(line) as {
      readonly host: string;
      readonly user: string;
      readonly time: number;
      readonly id: number;
    };
    if (part.id === 1)
      recordings.push({ host: part.host, account: part.user, pid: '', start: part.time * 1000 });
  }
}
for (const name of readdirSync(join(data, 'recordings', 'ssm'))) cloud.delete(name.replace(/\.log$/, ''));
for (const session of opened) {
  const near = recordings.filter(
    (one) =>
      one.taken !== true &&
      one.host === session.host &&
      one.account === session.account &&
      Math.abs(one.start - session.start) <= scope.toleranceS * 1000,
  );
  const [best] = near.toSorted(
    (a, b) => Math.abs(a.start - session.start) - Math.abs(b.start - session.start),
  );
  if (best) best.taken = true;
  else process.stdout.write(`unrecorded ${session.host} ${session.pid} ${session.start}\n`);
}
for (const session of cloud.keys()) process.stdout.write(`unrecorded ${session}\n`);
