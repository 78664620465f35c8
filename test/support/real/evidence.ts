import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EXIT, processIo } from '../../../src/cli/io.ts';
import { runProgram } from '../../../src/cli/program.ts';
import type { Lab } from './lab.ts';
import { mustRun } from './process.ts';

/** How the log is written: with ISO times, or as RFC 3164, in whole seconds without year and zone. */
export type Rendering = 'iso' | 'plain';
export const RENDERINGS: readonly Rendering[] = ['iso', 'plain'];

/** What the tests look at in an `access` line. */
export interface AccessLine {
  readonly uid: string;
  readonly path: string;
  readonly account: string;
  readonly actor: string | null;
  readonly target: { readonly id: string };
  readonly origin: { readonly ip: string; readonly port: number | null } | null;
  readonly credential: Readonly<Record<string, string | null>> | null;
  readonly opened: string;
  readonly closed: string | null;
  readonly verdict: string;
  readonly reasons: readonly { readonly code: string; readonly detail: string }[];
  readonly recordings: readonly {
    readonly uid: string;
    readonly join: string;
    readonly end_proven: boolean;
  }[];
  readonly evidence: { readonly required: string; readonly found: string };
  readonly parents: readonly string[];
}

interface RecordingLine {
  readonly uid: string;
  readonly recorder: string;
  readonly state: string;
  readonly ref: { readonly source: string };
}

interface FindingLine {
  readonly check: string;
  readonly account: string | null;
}

interface SourceLine {
  readonly id: string;
  readonly kind: string;
  readonly log_level?: string | null;
  readonly rejected?: number;
}

/** What `offrecord check` said about a folder. */
export interface Judged {
  readonly exit: number | null;
  readonly stderr: string;
  readonly accesses: readonly AccessLine[];
  readonly recordings: readonly RecordingLine[];
  readonly findings: readonly FindingLine[];
  readonly sources: readonly SourceLine[];
}

const DAY_MS = 86_400_000;

/** Copies log and recordings of a lab, with owners and modes, into a folder as a collector would keep them. */
export async function gather(lab: Lab, rendering: Rendering): Promise<string> {
  const folder = mkdtempSync(join(lab.places.folder, `check-${rendering}-`));
  const host = join(folder, 'hosts', hostname());
  mkdirSync(host, { recursive: true });
  cpSync(rendering === 'iso' ? lab.places.isoLog : lab.places.plainLog, join(host, 'auth.log'));
  await mustRun('cp', ['-a', lab.places.recordings, host]);
  return folder;
}

/**
 * Runs `offrecord check`, which must understand everything. `now` is epoch ms and by default lies a day ahead, past
 * every grace.
 */
export async function check(folder: string, now: number = Date.now() + DAY_MS): Promise<Judged> {
  const out: string[] = [];
  const err: string[] = [];
  const args = ['check', folder, '--format', 'ndjson', '--now', new Date(now).toISOString()];
  const exit = await runProgram(args, {
    ...processIo(new AbortController().signal),
    isTerminal: false,
    out: async (text) => void out.push(text),
    err: (text) => void err.push(text),
  });
  if (exit === EXIT.failed) throw new Error(`check could not understand everything: ${err.join('')}`);
  const lines = out
    .join('')
    .split('\n')
    .filter((line) => line !== '');
  const parsed = lines.map((line) => JSON.parse(line) as { readonly type: string });
  const ofType = <T>(type: string) => parsed.filter((line) => line.type === type) as unknown as T[];
  return {
    exit,
    stderr: err.join(''),
    accesses: ofType<AccessLine>('access'),
    recordings: ofType<RecordingLine>('recording'),
    findings: ofType<FindingLine>('finding'),
    sources: ofType<SourceLine>('source'),
  };
}

/** Judges what a lab left, with each rendering of the same log. */
export async function checkAll(lab: Lab): Promise<Readonly<Record<Rendering, Judged>>> {
  return { iso: await check(await gather(lab, 'iso')), plain: await check(await gather(lab, 'plain')) };
}

/** Accesses by the connection from a port, in the order they opened; elevations inside it are left out. */
export function fromPort(judged: Judged, port: number): AccessLine[] {
  return judged.accesses
    .filter((one) => one.origin?.port === port && one.actor === null)
    .sort((a, b) => (a.opened < b.opened ? -1 : 1));
}

/** sudo uses of an account, in the order they opened. */
export function elevationsOf(judged: Judged, actor: string): AccessLine[] {
  return judged.accesses.filter((one) => one.actor === actor).sort((a, b) => (a.opened < b.opened ? -1 : 1));
}

/** Codes of an access's reasons, the deciding ones first. */
export function codesOf(access: AccessLine | undefined): string[] {
  return (access?.reasons ?? []).map(({ code }) => code);
}
