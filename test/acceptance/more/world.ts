import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Rendering } from '../../support/scenario.ts';

/** One line of a host's log; `t` in seconds after the world's base. */
interface Line {
  readonly t: number;
  readonly tag: string;
  readonly pid: number | null;
  readonly text: string;
}

interface StoredFile {
  readonly mode: number;
  readonly bytes: Buffer;
  /** Seconds after the base of the last write, as the manifest knew it; null: near the end of the log. */
  readonly written: number | null;
  /** What lies there now: null once it was deleted. */
  now: Buffer | null;
}

interface Host {
  readonly lines: Line[];
  readonly files: Map<string, StoredFile>;
  readonly zoneMinutes: number;
  /** Seconds after the base at which the log was rotated. */
  rotations: number[];
}

export interface Rendered {
  readonly rendering: Rendering;
  readonly withAudit: boolean;
  readonly withManifest: boolean;
}

/** 2026-11-22T12:00:00Z, in seconds. */
export const BASE_S = Date.UTC(2026, 10, 22, 12) / 1000;

/** A small fleet whose logs, kernel records and recordings are written as the real programs write them. */
export class World {
  readonly baseS: number;
  readonly hosts = new Map<string, Host>();
  readonly exceptions: string[] = [];
  readonly audit: { t: number; text: string }[] = [];
  serial = 1_000;

  constructor(baseS: number = BASE_S) {
    this.baseS = baseS;
  }

  host(name: string, zoneMinutes = 0): Host {
    const known = this.hosts.get(name) ?? { lines: [], files: new Map(), zoneMinutes, rotations: [] };
    this.hosts.set(name, known);
    return known;
  }

  say(host: string, t: number, tag: string, pid: number | null, text: string): void {
    this.host(host).lines.push({ t, tag, pid, text });
  }

  kernel(t: number, type: string, fields: string): void {
    this.serial += 1;
    const time = (this.baseS + t).toFixed(3);
    this.audit.push({ t, text: `type=${type} msg=audit(${time}:${this.serial}): ${fields}` });
  }

  keep(
    host: string,
    path: string,
    content: string | Buffer,
    mode = 0o600,
    written: number | null = null,
  ): void {
    const bytes = Buffer.from(content);
    this.host(host).files.set(`recordings/${path}`, { mode, bytes, written, now: bytes });
  }

  /** Changes a kept file after its digest was pinned; null deletes it. */
  damage(host: string, path: string, change: (bytes: Buffer) => Buffer | string | null): void {
    const file = this.host(host).files.get(`recordings/${path}`);
    if (!file) throw new Error(`no such file: ${path}`);
    const changed = change(file.bytes);
    file.now = changed === null ? null : Buffer.from(changed);
  }

  /** Epoch ms of the last thing logged, plus a day. */
  judgingTime(): number {
    const times = [...this.hosts.values()].flatMap((host) => host.lines.map((line) => line.t));
    return Math.round((this.baseS + Math.max(...times) + 86_400) * 1000);
  }

  write(folder: string, { rendering, withAudit, withManifest }: Rendered): void {
    for (const [name, host] of this.hosts)
      this.writeHost(join(folder, 'hosts', name), name, host, rendering, withManifest);
    this.exceptions.forEach((text, at) => put(join(folder, 'exceptions', `e${at}.yaml`), text));
    const records = this.audit.toSorted((a, b) => a.t - b.t).map((one) => `${one.text}\n`);
    if (withAudit) put(join(folder, 'audit.log'), records.join(''));
  }

  private writeHost(
    path: string,
    name: string,
    host: Host,
    rendering: Rendering,
    withManifest: boolean,
  ): void {
    const ends = [...host.rotations, Infinity];
    let from = -Infinity;
    ends.forEach((to, at) => {
      const age = ends.length - 1 - at;
      const lines = host.lines.filter((line) => line.t >= from && line.t < to);
      const text = lines.map((line) => `${this.render(name, line, rendering, host.zoneMinutes)}\n`).join('');
      if (age === 0) put(join(path, rendering), text);
      else if (age === 1) put(join(path, `${rendering}.1`), text);
      else put(join(path, `${rendering}.${age}.gz`), gzipSync(text));
      from = to;
    });
    const manifest: Record<string, unknown> = {};
    const last = Math.max(...[...this.hosts.values()].flatMap((one) => one.lines.map((line) => line.t)));
    for (const [file, { mode, bytes, written, now }] of host.files) {
      if (now !== null) put(join(path, file), now, mode);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      manifest[file] = {
        mode: `0o${mode.toString(8)}`,
        size: bytes.length,
        mtime: this.baseS + (written ?? last - 0.2),
        sha256,
      };
    }
    if (withManifest) put(join(path, 'recordings.manifest.json'), JSON.stringify(manifest));
  }

  private render(host: string, line: Line, rendering: Rendering, zoneMinutes: number): string {
    const at = this.baseS + line.t;
    const local = new Date(Math.floor(at + zoneMinutes * 60) * 1000).toISOString();
    const micros = String(Math.floor((at % 1) * 1e6 + 0.5) % 1_000_000).padStart(6, '0');
    const iso = `${local.slice(0, 19)}.${micros}${offsetText(zoneMinutes)}`;
    const tag = line.pid === null ? line.tag : `${line.tag}[${line.pid}]`;
    const facility = line.text.startsWith('pam_') ? 86 : 38;
    switch (rendering) {
      case 'auth.log':
        return `${bsdTime(local)} ${host} ${tag}: ${line.text}`;
      case 'auth.iso.log':
        return `${iso} ${host} ${tag}: ${line.text}`;
      case 'auth.5424.log':
        return `<${facility}>1 ${iso} ${host} ${line.tag} ${line.pid ?? '-'} - -  ${line.text}`;
      case 'auth.jsonl':
        return JSON.stringify({
          ts: iso,
          host,
          prog: line.tag,
          pid: line.pid === null ? '-' : String(line.pid),
          fac: facility === 86 ? 'authpriv' : 'auth',
          sev: 'info',
          msg: ` ${line.text}`,
        });
    }
  }
}

function put(path: string, content: string | Buffer, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode });
}

function offsetText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function bsdTime(iso: string): string {
  const day = String(Number(iso.slice(8, 10))).padStart(2, ' ');
  return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${day} ${iso.slice(11, 19)}`;
}
