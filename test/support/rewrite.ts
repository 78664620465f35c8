import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, type ManifestEntry, readManifest, type Truth, writeManifest } from './scenario.ts';

/** How a copy of a scenario is made to speak of another world. */
export interface Rewriting {
  readonly hosts: Readonly<Record<string, string>>;
  readonly users: Readonly<Record<string, string>>;
  /** Replaces the first three octets of the lab's network. */
  readonly network: string;
  readonly portShift: number;
  readonly pidShift: number;
  readonly dayShift: number;
}

const DAY_S = 86_400;

/** Rewrites a copied scenario in place, keeping its manifest as true (and as false) as it was. */
export function rewriteScenario(folder: string, rewriting: Rewriting): void {
  for (const host of Object.keys(rewriting.hosts)) {
    const path = join(folder, 'hosts', host);
    if (existsSync(path)) rewriteHost(path, rewriting);
  }
  for (const path of filesBelow(folder)) {
    if (!path.includes('/hosts/'))
      writeFileSync(path, rewriteText(readFileSync(path, 'latin1'), rewriting), 'latin1');
  }
  for (const [host, name] of Object.entries(rewriting.hosts)) {
    const path = join(folder, 'hosts', host);
    if (existsSync(path)) renameSync(path, join(folder, 'hosts', name));
  }
}

function rewriteHost(host: string, rewriting: Rewriting): void {
  const manifest = readManifest(host);
  const rewritten: Record<string, ManifestEntry> = {};
  for (const [name, entry] of Object.entries(manifest)) {
    if (!existsSync(join(host, name))) rewritten[rewriteText(name, rewriting)] = shifted(entry, rewriting);
  }
  for (const path of filesBelow(host)) {
    const name = relative(host, path);
    if (name === 'recordings.manifest.json') continue;
    const before = readFileSync(path);
    const after = isBinary(before)
      ? before
      : Buffer.from(rewriteText(before.toString('latin1'), rewriting), 'latin1');
    const mode = statSync(path).mode;
    writeFileSync(path, after);
    const newName = rewriteText(name, rewriting);
    if (newName !== name)
      renameSync(path, join(host, dirname(name), newName.slice(dirname(name).length + 1)));
    void mode;
    const entry = manifest[name];
    if (entry) rewritten[newName] = repinned(entry, before, after, rewriting);
  }
  writeManifest(host, rewritten);
}

/** An entry that matched its file matches the rewritten one; one that did not still does not. */
function repinned(entry: ManifestEntry, before: Buffer, after: Buffer, rewriting: Rewriting): ManifestEntry {
  const matched = sha256(before) === entry.sha256;
  const size = after.length + (entry.size - before.length);
  return { ...shifted(entry, rewriting), size, sha256: matched ? sha256(after) : entry.sha256 };
}

function shifted(entry: ManifestEntry, { dayShift }: Rewriting): ManifestEntry {
  return { ...entry, mtime: entry.mtime + dayShift * DAY_S };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) || bytes.subarray(0, 4096).includes(0);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function rewriteText(text: string, rewriting: Rewriting): string {
  let out = text;
  for (const [from, to] of Object.entries({ ...rewriting.hosts, ...rewriting.users })) {
    out = out.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to);
  }
  return rewriteTimes(rewriteNumbers(out, rewriting), rewriting);
}

function rewriteNumbers(text: string, { network, portShift, pidShift }: Rewriting): string {
  const port = (_all: string, before: string, digits: string) => `${before}${Number(digits) + portShift}`;
  const pid = (_all: string, before: string, digits: string) => `${before}${Number(digits) + pidShift}`;
  return text
    .replace(/\b10\.99\.0\.(\d+)(?= port (\d{4,}))/g, `${network}.$1`)
    .replace(/\b10\.99\.0\.(?=\d)/g, `${network}.`)
    .replace(/( port |_port":)(\d{5})\b/g, port)
    .replace(/(SSH_CONNECTION": "[\d.]+ )(\d{5})\b/g, port)
    .replace(/(sshd\[|sudo\[|su\[|internal-sftp\[|on pid |[^p]pid=|"pid":"|PID":")(\d{4,6})\b/g, pid)
    .replace(/(lab\w*-|-)(\d{5})(?=\.(?:cast|log|timing|meta|ttyrec|tty|typescript))/g, pid)
    .replace(/(\b5424 \S+ |sshd )(\d{5})(?= - )/g, pid)
    .replace(/\b([0-9a-f]{32})-([0-9a-f]+)-([0-9a-f]+)\b/g, (_all, boot, hex: string, start) => {
      return `${boot}-${(Number.parseInt(hex, 16) + pidShift).toString(16)}-${start}`;
    });
}

function rewriteTimes(text: string, { dayShift }: Rewriting): string {
  const moved = (year: number, month: number, day: number) =>
    new Date(Date.UTC(year, month - 1, day + dayShift));
  const pad = (value: number) => String(value).padStart(2, '0');
  const iso = (date: Date, dash: string) =>
    [date.getUTCFullYear(), pad(date.getUTCMonth() + 1), pad(date.getUTCDate())].join(dash);
  return text
    .replace(/\b(2026)-(11)-(\d\d)(?=[T ])/g, (_all, y, m, d) => iso(moved(+y, +m, +d), '-'))
    .replace(/\b(2026)(11)(\d\d)(?=[T-])/g, (_all, y, m, d) => iso(moved(+y, +m, +d), ''))
    .replace(/\bNov (\d\d) (?=\d\d:\d\d:\d\d)/g, (_all, d) => {
      const date = moved(2026, 11, +d);
      return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} `;
    })
    .replace(/\b(1795\d{6})(?=\d{6}\b)/g, (_all, seconds) => String(+seconds + dayShift * DAY_S))
    .replace(/\b(1795\d{6})(?!\d)/g, (_all, seconds) => String(+seconds + dayShift * DAY_S));
}

export function rewriteTruth(truth: Truth, rewriting: Rewriting): Truth {
  const shiftS = rewriting.dayShift * DAY_S;
  return {
    ...truth,
    window: [truth.window[0] + shiftS, truth.window[1] + shiftS],
    accesses: truth.accesses.map((one) => ({
      ...one,
      host: rewriting.hosts[one.host] ?? one.host,
      user: rewriting.users[one.user] ?? one.user,
      ...(one.src_port === undefined ? {} : { src_port: one.src_port + rewriting.portShift }),
    })),
  };
}
