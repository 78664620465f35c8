import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { after } from 'node:test';
import type { FileEntry, PinnedFile } from '../../src/files/entry.ts';
import { readHead } from '../../src/files/head.ts';
import type { Recording } from '../../src/model/recording.ts';
import { DEFAULT_NAMES } from '../../src/recorders/file-names.ts';
import type { InspectContext, Inspection, Recorder } from '../../src/recorders/recorder.ts';
import { DEFAULT_SIDECARS } from '../../src/recorders/sidecar.ts';

export const FIXTURES = resolve(import.meta.dirname, '../fixtures/recorders');

/** Bytes of a fixture. */
export function fixture(path: string): Buffer {
  return readFileSync(join(FIXTURES, path));
}

/** All files of a fixture folder, by name. */
export function fixtureFolder(path: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(join(FIXTURES, path)).map((name) => [name, fixture(`${path}/${name}`)]),
  );
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recorders-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Contents = Readonly<Record<string, string | Uint8Array>>;

/** A moment long after all fixtures: nothing is still being written. */
export const LATER = Date.parse('2027-01-01T00:00:00Z');
const WRITTEN = Date.parse('2026-11-24T18:00:00Z');

/** Writes files below a folder and gives their entries; what is not said is a root-owned 0600 of long ago. */
export function place(
  folder: string,
  contents: Contents,
  change: (name: string) => Partial<FileEntry> = () => ({}),
): FileEntry[] {
  return Object.entries(contents).map(([name, bytes]) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return entryOf(path, name, change(name));
  });
}

export function entryOf(path: string, name: string, change: Partial<FileEntry> = {}): FileEntry {
  const { size, dev, ino } = statSync(path);
  const known = { mtimeMs: WRITTEN, mode: 0o600, uid: 0, pinned: null, host: null };
  return { path, name, size, dev, ino, ...known, ...change };
}

export function contextOf(change: Partial<InspectContext> = {}): InspectContext {
  return {
    host: 'web01',
    zone: 'UTC',
    now: LATER,
    names: DEFAULT_NAMES,
    sidecars: DEFAULT_SIDECARS,
    previous: null,
    ...change,
  };
}

/** Groups the files that the recorder recognises and inspects every unit. */
export async function inspectAll(
  recorder: Recorder,
  files: readonly FileEntry[],
  context: Partial<InspectContext> = {},
): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const inspection of await inspections(recorder, files, context))
    recordings.push(...inspection.recordings);
  return recordings;
}

export async function inspections(
  recorder: Recorder,
  files: readonly FileEntry[],
  context: Partial<InspectContext> = {},
): Promise<Inspection[]> {
  const recognised: FileEntry[] = [];
  for (const file of files) {
    const { bytes } = await readHead(file.path);
    if (recorder.recognise(file, bytes) > 0) recognised.push(file);
  }
  const found: Inspection[] = [];
  for (const unit of recorder.group(recognised, files))
    found.push(await recorder.inspect(unit, contextOf(context)));
  return found;
}

/** The only recording of some files. */
export async function inspectOne(
  recorder: Recorder,
  folder: string,
  contents: Contents,
  options: { change?: (name: string) => Partial<FileEntry>; context?: Partial<InspectContext> } = {},
): Promise<Recording> {
  const recordings = await inspectAll(recorder, place(folder, contents, options.change), options.context);
  const [only, ...others] = recordings;
  if (only === undefined || others.length > 0)
    throw new Error(`${recordings.length} recordings instead of one`);
  return only;
}

/** The pin of some bytes as a manifest would hold it. */
export function pinOf(bytes: string | Uint8Array, mtimeMs = WRITTEN): PinnedFile {
  return {
    size: Buffer.from(bytes).length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mtimeMs,
  };
}

export function codesOf(recording: Recording): string[] {
  return recording.problems.map((problem) => problem.code);
}

export function detailsOf(recording: Recording): string[] {
  return recording.problems.map((problem) => problem.detail);
}
