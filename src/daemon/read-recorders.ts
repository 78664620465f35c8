import { createHash } from 'node:crypto';
import type { RecorderConfig } from '../config/recorders.ts';
import type { Config } from '../config/schema.ts';
import type { FileEntry, PinnedFile } from '../files/entry.ts';
import { openFile, readChunks } from '../files/open.ts';
import type { RecorderReport } from '../model/judgement.ts';
import type { Recording } from '../model/recording.ts';
import { DEFAULT_NAMES } from '../recorders/file-names.ts';
import { missingRecordings, noteAbsentCompanions } from '../recorders/missing.ts';
import type { Inspection, Recorder, Unit } from '../recorders/recorder.ts';
import { findRecorder, RECORDERS } from '../recorders/registry.ts';
import { DEFAULT_SIDECARS } from '../recorders/sidecar.ts';
import type { Store } from '../store/store.ts';
import { contextFor, EVERY_HOST, takeInventory } from './collect/inventory.ts';
import { findFiles, type FoundFiles } from './collect/paths.ts';
import type { KnownKinds } from './collect/known-kinds.ts';
import { noteDirty } from './dirty.ts';

/** A file written less than this ago may still be growing: it is inspected again, and not pinned yet. */
const QUIET_MS = 60_000;

export interface RecorderReads {
  readonly reports: readonly RecorderReport[];
  /** Units that were inspected. */
  readonly inspected: number;
}

/** Takes every configured recorder's inventory; only what changed is inspected. */
export async function readRecorders(
  config: Config,
  store: Store,
  now: number,
  signal: AbortSignal,
  kinds: KnownKinds,
): Promise<RecorderReads> {
  const reports: RecorderReport[] = [];
  let inspected = 0;
  for (const configured of config.recorders) {
    if (signal.aborted) break;
    const found = await findFiles(configured.paths);
    const read = await readRecorder({ config, configured, store, now, kinds }, found);
    reports.push(...read.reports);
    inspected += read.inspected;
    await keepMissing(found, configured, config, store, now);
  }
  return { reports, inspected };
}

/** What reading one configured recorder needs. */
export interface RecorderReading {
  readonly config: Config;
  readonly configured: RecorderConfig;
  readonly store: Store;
  /** Epoch ms. */
  readonly now: number;
  readonly kinds: KnownKinds;
}

/** Takes the inventory of one recorder among the files that were found for it, wherever they lie. */
export async function readRecorder(reading: RecorderReading, found: FoundFiles): Promise<RecorderReads> {
  const { configured, kinds, now } = reading;
  const reports: RecorderReport[] = [];
  let inspected = 0;
  const byRecorder = await sortByRecorder(found.files, configured, kinds);
  for (const [recorder, files] of byRecorder) {
    const keeping: Keeping = { ...reading, recorder, absent: found.absent, seen: new Set(), inspected: 0 };
    const input = {
      id: configured.id,
      recorder,
      files,
      siblings: found.files,
      problems: found.problems,
      host: configured.host,
    };
    const { report } = await takeInventory(input, (_, unit) => inspectKept(unit, keeping), now);
    // A folder that cannot be read hides its files: they are not gone.
    if (found.problems.length === 0) await forgetGone(keeping);
    reports.push({ ...report, recordings: await countOf(keeping) });
    inspected += keeping.inspected;
  }
  if (byRecorder.size === 0) reports.push(nothingFound(configured, found.problems, now));
  return { reports, inspected };
}

interface Keeping {
  readonly config: Config;
  readonly configured: RecorderConfig;
  readonly recorder: Recorder;
  readonly store: Store;
  readonly now: number;
  readonly absent: FoundFiles['absent'];
  readonly seen: Set<string>;
  inspected: number;
}

function nothingFound(configured: RecorderConfig, problems: readonly string[], now: number): RecorderReport {
  const { id, type, host } = configured;
  const serves: RecorderReport['serves'] = type === 'auto' ? 'all' : (findRecorder(type)?.serves ?? 'hosts');
  const base = { id, type, serves, hosts: [], units: 0, recordings: 0, watermark: now };
  return { ...base, errors: problems, blindHosts: problems.length > 0 ? [host ?? EVERY_HOST] : [] };
}

async function sortByRecorder(
  files: readonly FileEntry[],
  configured: RecorderConfig,
  kinds: KnownKinds,
): Promise<Map<Recorder, FileEntry[]>> {
  const only = configured.type === 'auto' ? RECORDERS.map((one) => one.type) : [configured.type];
  const types = new Set(only);
  const sorted = new Map<Recorder, FileEntry[]>();
  for (const file of files) {
    const recorder = await recorderOf(file, types, configured, kinds);
    if (recorder) sorted.set(recorder, [...(sorted.get(recorder) ?? []), file]);
  }
  // A recorder that is configured by type is there even while it has nothing to show.
  const named = configured.type === 'auto' ? undefined : findRecorder(configured.type);
  if (named && !sorted.has(named)) sorted.set(named, []);
  return sorted;
}

/** tlog can write into a log or the journal; where such a file is configured for it, it is looked through. */
async function recorderOf(
  file: FileEntry,
  types: ReadonlySet<string>,
  configured: RecorderConfig,
  kinds: KnownKinds,
): Promise<Recorder | undefined> {
  const found = await kinds.recognise(file, types);
  if (found.kind === 'recorder') return found.recorder;
  if (configured.type !== 'tlog' || found.kind === 'unreadable') return undefined;
  const asLog = await kinds.recognise(file);
  return asLog.kind === 'source' ? findRecorder('tlog') : undefined;
}

/** Inspects a unit unless it is as it was; saves what is shown, the resume state and the pins in one transaction. */
async function inspectKept(unit: Unit, keeping: Keeping): Promise<Inspection> {
  const { store, now, recorder } = keeping;
  const id = unitOwner(keeping);
  keeping.seen.add(unit.key);
  const size = unit.files.reduce((sum, file) => sum + file.size, 0);
  const mtimeMs = Math.max(0, ...unit.files.map((file) => file.mtimeMs));
  const known = await store.unit(id, unit.key);
  const unchanged = known && known.goneAt === null && known.size === size && known.mtimeMs === mtimeMs;
  if (unchanged && known.lastSeen - mtimeMs > QUIET_MS) return NOTHING_NEW;
  const files = await withPins(unit.files, store);
  // A file that was rewritten in place is read from its beginning, against the digest that was pinned.
  const grown = known === undefined || size > known.size;
  const previous = grown ? await store.unitState(id, unit.key) : null;
  const shown = await recorder.inspect({ ...unit, files }, contextFor(unit, common(keeping), previous));
  const inspection = { ...shown, recordings: noteAbsentCompanions(shown.recordings, keeping.absent) };
  const pins = await newPins(files, now);
  const { recordings, state } = inspection;
  await store.transaction(async (tx) => {
    const saved = { recorder: id, unit: { key: unit.key, size, mtimeMs }, state, recordings, pins, at: now };
    const { changed } = await tx.saveInspection(saved);
    if (changed > 0) await noteDirty(tx, earliestOf(recordings, now));
  });
  keeping.inspected += 1;
  return inspection;
}

const NOTHING_NEW: Inspection = { recordings: [], rejects: [], state: null };

function unitOwner({ configured, recorder }: Keeping): string {
  return configured.type === 'auto' ? `${configured.id}/${recorder.type}` : configured.id;
}

function common({ config, configured, now }: Keeping) {
  const { host, names, sidecars } = configured;
  return {
    host,
    zone: configured.zone ?? config.timezone,
    now,
    names: names.length > 0 ? names : DEFAULT_NAMES,
    sidecars: sidecars.length > 0 ? sidecars : DEFAULT_SIDECARS,
  };
}

function earliestOf(recordings: readonly Recording[], now: number): number {
  return Math.min(now, ...recordings.slice(0, 10_000).map((one) => one.opened ?? one.closed ?? now));
}

async function withPins(files: readonly FileEntry[], store: Store): Promise<FileEntry[]> {
  const pins = await store.pins(files.map((file) => file.path));
  return files.map((file) => ({ ...file, pinned: pins.get(file.path) ?? file.pinned }));
}

/** Files that rest are pinned as they are, unless they no longer match what was pinned before. */
async function newPins(
  files: readonly FileEntry[],
  now: number,
): Promise<{ path: string; file: PinnedFile }[]> {
  const pins: { path: string; file: PinnedFile }[] = [];
  for (const file of files) {
    const { path, size, mtimeMs, pinned } = file;
    if (now - mtimeMs < QUIET_MS || (pinned !== null && size <= pinned.size)) continue;
    const sha256 = await digestOf(file);
    if (sha256 !== null) pins.push({ path, file: { size, mtimeMs, sha256 } });
  }
  return pins;
}

/** Digest of the bytes up to the size that was listed; null where they cannot be read any more. */
async function digestOf(file: FileEntry): Promise<string | null> {
  const hash = createHash('sha256');
  let left = file.size;
  try {
    const opened = await openFile(file);
    try {
      for await (const chunk of readChunks({ ...opened, gzip: false })) {
        hash.update(chunk.subarray(0, left));
        left -= Math.min(left, chunk.length);
        if (left === 0) break;
      }
    } finally {
      await opened.handle.close();
    }
  } catch {
    return null;
  }
  return left === 0 ? hash.digest('hex') : null;
}

/** Units that are gone: their recordings were deleted, which is for the judge to say. */
async function forgetGone(keeping: Keeping): Promise<void> {
  const { store, now, seen } = keeping;
  const recorder = unitOwner(keeping);
  const keys: string[] = [];
  for await (const unit of store.units(recorder)) {
    if (unit.goneAt === null && !seen.has(unit.key)) keys.push(unit.key);
  }
  if (keys.length === 0) return;
  await store.transaction(async (tx) => {
    await tx.saveGoneUnits({ recorder, keys, at: now });
    await noteDirty(tx, 0);
  });
}

async function countOf(keeping: Keeping): Promise<number> {
  let count = 0;
  for await (const unit of keeping.store.units(unitOwner(keeping))) if (unit.goneAt === null) count += 1;
  return count;
}

/** Files that a manifest pinned before offrecord ever saw them, and that are gone. */
async function keepMissing(
  { absent, files }: FoundFiles,
  configured: RecorderConfig,
  config: Config,
  store: Store,
  at: number,
): Promise<void> {
  const names = configured.names.length > 0 ? configured.names : DEFAULT_NAMES;
  const recordings = missingRecordings(absent, files, { names, zone: configured.zone ?? config.timezone });
  const recorder = `${configured.id}/missing`;
  const known = await store.unit(recorder, 'manifest');
  if (recordings.length === 0 && known === undefined) return;
  await store.transaction(async (tx) => {
    const unit = { key: 'manifest', size: recordings.length, mtimeMs: 0 };
    const { changed } = await tx.saveInspection({ recorder, unit, state: null, recordings, pins: [], at });
    if (changed > 0) await noteDirty(tx, earliestOf(recordings, at));
  });
}
