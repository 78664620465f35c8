import type { FileEntry } from '../files/entry.ts';
import type { Problem } from '../model/recording.ts';
import type { FileDigest, ReadResult } from './read.ts';
import { baseName, count, plural } from './text.ts';

/**
 * What a digest pinned earlier proves about a file: growth keeps the pinned beginning, everything else is
 * alteration or truncation. Empty where nothing is pinned or all is well.
 */
export function checkPinned(file: FileEntry, digest: FileDigest): readonly Problem[] {
  const pinned = file.pinned;
  if (pinned === null) return [];
  if (digest.size < pinned.size) return [truncated(file, digest.size, pinned.size)];
  if (digest.pinnedSha256 === pinned.sha256) return [];
  return [{ code: 'recording-altered', detail: alteredDetail(file, digest, pinned.size, pinned.sha256) }];
}

/** What is wrong with a file as such: its pin, and the end of its compression. */
export function fileProblems(file: FileEntry, result: ReadResult): readonly Problem[] {
  const name = baseName(file.name);
  const pinned = [...checkPinned(file, result.digest), ...rewritten(file)];
  if (result.end === 'cut')
    return [{ code: 'recording-truncated', detail: `${name}: the gzip stream has no end` }, ...pinned];
  if (result.end === 'damaged')
    return [{ code: 'recording-altered', detail: `${name}: the gzip stream is damaged` }, ...pinned];
  return pinned;
}

/** A store with versions tells by itself that what it holds is not what was stored first. */
function rewritten(file: FileEntry): readonly Problem[] {
  if ((file.versions ?? 1) < 2) return [];
  const detail = `${baseName(file.name)}: its store has ${file.versions ?? 0} versions of it`;
  return [{ code: 'recording-altered', detail }];
}

function truncated(file: FileEntry, size: number, pinnedSize: number): Problem {
  const name = baseName(file.name);
  const now = size === 0 ? '0: it was emptied after it was pinned' : count(size);
  return { code: 'recording-truncated', detail: `${name}: pinned ${plural(pinnedSize, 'byte')}, now ${now}` };
}

function alteredDetail(file: FileEntry, digest: FileDigest, pinnedSize: number, pinned: string): string {
  const name = baseName(file.name);
  const which = digest.size === pinnedSize ? 'all' : 'the first';
  const found = digest.pinnedSha256?.slice(0, 12) ?? 'none';
  return `${name}: ${which} ${plural(pinnedSize, 'byte')} have sha256 ${found}… where ${pinned.slice(0, 12)}… was pinned`;
}
