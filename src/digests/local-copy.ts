import type { DigestFile } from './digest.ts';
import { type ObjectName, parseObjectName } from './object-name.ts';

/**
 * `bucket/key` of a log that was copied to a folder, for `LogFacts`: digests name objects in their bucket, and a copy
 * keeps at most what stands from `AWSLogs/` on. Null where the path is no log, or where the digests in hand do not
 * tell one bucket and prefix for it.
 */
export function objectOfCopy(path: string, places: readonly string[]): string | null {
  const name = parseObjectName(path);
  if (name?.kind !== 'log') return null;
  const fitting = places.filter((place) => isCopyOf(name, place));
  const [place] = fitting;
  if (place === undefined || fitting.length > 1) return null;
  const folder = `${place}/CloudTrail/${name.region}/${new Date(name.from).toISOString().slice(0, 10)}`;
  return `${folder.replaceAll(DAY_SEPARATOR, '/')}/${name.name}`;
}

/** Buckets, prefixes and accounts that digests name, each once; hand in only digests of trails that are to be believed. */
export function placesOf(files: readonly DigestFile[]): readonly string[] {
  return [...new Set(files.flatMap((file) => ('digest' in file ? [file.digest.place] : [])))].sort();
}

// The separators of the date at the end of the folder, not those of a bucket or region.
const DAY_SEPARATOR = /-(?=\d\d(?:-\d\d)?$)/g;

/** A bare name fits by its account; a path must agree from `AWSLogs/` on, as far as it goes. */
function isCopyOf({ account, place }: ObjectName, candidate: string): boolean {
  if (!candidate.endsWith(`/${account}`)) return false;
  const at = place.lastIndexOf('AWSLogs/');
  return at === -1 || candidate.endsWith(`/${place.slice(at)}`);
}
