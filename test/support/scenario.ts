import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** One thing that really happened, as the driver of a captured scenario wrote it down. */
export interface TrueAccess {
  readonly id: string;
  readonly host: string;
  readonly user: string;
  readonly effective_user?: string;
  readonly src_port?: number;
  readonly kind: string;
  readonly expected: { readonly verdict: string; readonly reason: string | null; readonly via_of?: string[] };
  readonly via?: string;
}

export interface Truth {
  readonly scenario: string;
  readonly window: readonly [number, number];
  readonly accesses: readonly TrueAccess[];
}

export const RENDERINGS = ['auth.log', 'auth.iso.log', 'auth.5424.log', 'auth.jsonl'] as const;
export type Rendering = (typeof RENDERINGS)[number];

/** Scenario folders below a folder, by name; none where the folder is absent. */
export function scenariosIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'truth.json')))
    .sort()
    .map((name) => join(folder, name));
}

export function readTruth(scenario: string): Truth {
  return JSON.parse(readFileSync(join(scenario, 'truth.json'), 'utf8')) as Truth;
}

/** Epoch ms by which a scenario is judged: a day after its window, five minutes where accesses stay open. */
export function judgingTime(truth: Truth): number {
  const open = truth.accesses.some((one) => one.expected.verdict === 'covered_so_far');
  return Math.round(truth.window[1] * 1000) + (open ? 300_000 : 86_400_000);
}

/** Copies a scenario so that every host keeps one rendering of its log, as a collector would have one. */
export function copyScenario(scenario: string, rendering: Rendering, to: string, withAudit = true): void {
  for (const host of readdirSync(join(scenario, 'hosts'))) {
    const [from, out] = [join(scenario, 'hosts', host), join(to, 'hosts', host)];
    mkdirSync(out, { recursive: true });
    for (const name of readdirSync(from))
      if (belongs(name, rendering)) cpSync(join(from, name), join(out, name), { recursive: true });
    restoreModes(out);
  }
  if (withAudit && existsSync(join(scenario, 'audit.log')))
    cpSync(join(scenario, 'audit.log'), join(to, 'audit.log'));
  if (existsSync(join(scenario, 'exceptions'))) {
    cpSync(join(scenario, 'exceptions'), join(to, 'exceptions'), { recursive: true });
  }
}

function belongs(name: string, rendering: Rendering): boolean {
  const isRotated = name.startsWith(`${rendering}.`) && /^\d/.test(name.slice(rendering.length + 1));
  return (
    name === rendering ||
    isRotated ||
    name.startsWith('journal.jsonl') ||
    name === 'recordings' ||
    name === 'recordings.manifest.json'
  );
}

/** Version control loses modes; the manifest keeps them, and sudo marks a finished I/O log by one. */
function restoreModes(host: string): void {
  const manifest = readManifest(host);
  for (const [name, { mode }] of Object.entries(manifest)) {
    const path = join(host, name);
    if (existsSync(path)) chmodSync(path, Number(mode.replace(/^0o/, '0o')));
  }
}

export interface ManifestEntry {
  mode: string;
  size: number;
  mtime: number;
  sha256: string;
}

export function readManifest(host: string): Record<string, ManifestEntry> {
  const path = join(host, 'recordings.manifest.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, ManifestEntry>) : {};
}

export function writeManifest(host: string, manifest: Record<string, ManifestEntry>): void {
  writeFileSync(join(host, 'recordings.manifest.json'), JSON.stringify(manifest));
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

const GAPS: Readonly<Record<string, readonly string[]>> = {
  NO_RECORDING: ['no-recording'],
  NO_RECORDING_EXEC: ['no-recording'],
  NO_RECORDING_SFTP: ['no-recording'],
  NO_RECORDING_MUX_CHANNEL: ['no-recording'],
  NO_RECORDING_TUNNEL: ['tunnel-unrecordable'],
  EXCEPTION_EXPIRED: ['no-recording'],
  RECORDING_DISABLED_BY_POLICY: ['recording-disabled'],
  RECORDING_DELETED: ['recording-deleted-early', 'no-recording'],
};

const DAMAGES: Readonly<Record<string, readonly string[]>> = {
  TRUNCATED: ['recording-truncated'],
  MISSING_SEQUENCE: ['recording-gap'],
  RECORDER_STOPPED_MID_SESSION: ['recording-not-closed', 'recording-truncated'],
  EMPTY: ['recording-empty'],
  MISSING_FILE: ['recording-gap'],
  TAMPERED: ['recording-altered'],
  TAIL_MISSING: ['recording-truncated'],
  NO_CONTENT: ['recording-empty'],
  PARTIAL_TIME_COVERAGE: ['recording-truncated'],
};

export interface Expectation {
  readonly verdicts: readonly string[];
  /** One of these reason codes must be given; empty where none is asked for. */
  readonly reasons: readonly string[];
}

/** What the words of a truth mean in verdicts and reasons. */
export function expectationOf(access: TrueAccess): Expectation {
  const { verdict, reason } = access.expected;
  switch (verdict) {
    case 'covered':
      return { verdicts: ['recorded'], reasons: [] };
    case 'covered_so_far':
      return { verdicts: ['pending', 'recorded'], reasons: [] };
    case 'excepted':
      return { verdicts: ['excepted'], reasons: [] };
    case 'gap':
      return { verdicts: ['unrecorded'], reasons: GAPS[reason ?? ''] ?? [] };
    case 'damaged':
      return { verdicts: ['inadequate'], reasons: DAMAGES[reason ?? ''] ?? [] };
    default:
      throw new Error(`unknown word in truth: ${verdict}`);
  }
}
