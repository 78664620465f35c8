import { basename, dirname, join } from 'node:path';
import type { FileEntry } from './entry.ts';

/** A log with its rotated files. */
export interface LogStream {
  /** Folder and live name for a person, e.g. `web01/auth.log`; the path where two would read the same. */
  readonly id: string;
  readonly host: string | null;
  /** Oldest first; the live file, where there is one, is the last. */
  readonly files: readonly StreamFile[];
}

export interface StreamFile {
  readonly entry: FileEntry;
  /** The file can no longer grow: it is compressed, or its writer has gone on to a newer one. */
  readonly final: boolean;
}

/** Groups the files of each log, in time order. The content decides later whether two of them are the same. */
export function toStreams(files: readonly FileEntry[]): LogStream[] {
  const byPath = new Map(files.map((entry) => [entry.path, entry]));
  const groups = Map.groupBy([...byPath.values()].map(toRotated), ({ livePath }) => livePath);
  const named = [...groups].map(([livePath, group]) => ({ livePath, group, id: liveId(group) }));
  const taken = Map.groupBy(named, ({ id }) => id);
  return named
    .map(({ livePath, group, id }) => ({
      id: (taken.get(id) ?? []).length > 1 ? livePath : id,
      host: group[0]?.entry.host ?? null,
      files: toStreamFiles(inTimeOrder(group)),
    }))
    .sort((a, b) => compare(a.id, b.id));
}

interface Rotated {
  readonly entry: FileEntry;
  readonly livePath: string;
  readonly rotation: Rotation;
}

interface Rotation {
  readonly live: string;
  readonly kind: 'live' | 'old' | 'number' | 'date';
  /** Larger is younger, within a kind. */
  readonly key: string;
  readonly compressed: boolean;
}

function toRotated(entry: FileEntry): Rotated {
  const rotation = parseRotation(basename(entry.path));
  return { entry, rotation, livePath: join(dirname(entry.path), rotation.live) };
}

/**
 * What a file name says about rotation, e.g. `auth.log.2.gz`, `auth.log-20261122`, `auth-20261122.log` (logrotate's
 * `extension`), `auth.log.old`. Logs named by an address (`10.0.0.1`) are no rotated ones.
 */
export function parseRotation(name: string): Rotation {
  const compressed = name.endsWith('.gz');
  const plain = compressed ? name.slice(0, -3) : name;
  const number = ADDRESS.test(plain) ? null : NUMBERED.exec(plain);
  // Numbers count up with age.
  if (number)
    return { live: number[1] ?? '', kind: 'number', key: toKey(1e6 - Number(number[2])), compressed };
  const date = DATED.exec(plain);
  if (date) {
    const [, stem = '', year, month, day, time = '', extension = ''] = date;
    return { live: stem + extension, kind: 'date', key: `${year}${month}${day} ${time}`, compressed };
  }
  if (OLD.test(plain)) return { live: plain.slice(0, -4), kind: 'old', key: '', compressed };
  return { live: plain, kind: 'live', key: '', compressed };
}

const ADDRESS = /(?:^|[^\d.])\d{1,3}(?:\.\d{1,3}){3}$/;
const NUMBERED = /^(.+)\.(\d{1,3})$/;
const DATED =
  /^(.+)[-.]((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:[-T_.]?(\d{2,10}))?(\.(?:log|jsonl|json|txt))?$/;
const OLD = /^.+\.old$/;

function toKey(number: number): string {
  return String(number).padStart(7, '0');
}

function liveId(group: readonly Rotated[]): string {
  const one = group[0];
  return one === undefined ? '' : join(dirname(one.entry.name), one.rotation.live);
}

/** Numbered and dated files side by side (the configuration changed once) are merged by their times of change. */
function inTimeOrder(group: readonly Rotated[]): readonly Rotated[] {
  const ofKind = (kind: Rotation['kind']) =>
    group.filter(({ rotation }) => rotation.kind === kind).sort(byAge);
  const merged = mergeByChange(ofKind('number'), ofKind('date'));
  return [...merged, ...ofKind('old'), ...ofKind('live')];
}

function byAge(a: Rotated, b: Rotated): number {
  // Of two with the same number the compressed one comes first: it is a copy, made of what the other was.
  const compressed = Number(b.rotation.compressed) - Number(a.rotation.compressed);
  return compare(a.rotation.key, b.rotation.key) || compressed || compare(a.entry.path, b.entry.path);
}

function mergeByChange(left: readonly Rotated[], right: readonly Rotated[]): Rotated[] {
  const merged: Rotated[] = [];
  let at = 0;
  for (const one of left) {
    for (let other = right[at]; other && other.entry.mtimeMs < one.entry.mtimeMs; other = right[++at]) {
      merged.push(other);
    }
    merged.push(one);
  }
  return [...merged, ...right.slice(at)];
}

/**
 * A renamed log goes on growing until its writer opens the new one: until a younger file holds something, the last
 * line of a rotated file may still be unfinished.
 */
function toStreamFiles(files: readonly Rotated[]): StreamFile[] {
  const lastFilled = files.findLastIndex(({ entry }) => entry.size > 0);
  return files.map(({ entry, rotation }, index) => ({
    entry,
    final: rotation.compressed || (rotation.kind !== 'live' && index < lastFilled),
  }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
