import type { FileEntry } from '../../files/entry.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';
import { parseHeader } from './parts.ts';

/** What a path says about the recording that a file belongs to. */
export interface TeleportPlace {
  readonly sid: string;
  /** A stored recording, or parts of one whose upload was never completed. */
  readonly kind: 'stored' | 'parts';
  /** The file, or the folder of the parts. */
  readonly key: string;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const STORED = new RegExp(`^(${UUID})\\.tar(?:\\.gz)?$`);
const PART = /^\d{1,5}\.part$/;
const UPLOAD = new RegExp(`(?:^|/)multi/${UUID}/(${UUID})$`);

/** Reads `<sid>.tar` and `multi/<upload>/<sid>/<number>.part`; null for every other path. */
export function findPlace(path: string): TeleportPlace | null {
  const name = baseName(path);
  const stored = STORED.exec(name)?.[1];
  if (stored !== undefined) return { sid: stored, kind: 'stored', key: path };
  const folder = folderOf(path);
  const sid = PART.test(name) ? UPLOAD.exec(folder)?.[1] : undefined;
  return sid === undefined ? null : { sid, kind: 'parts', key: folder };
}

/**
 * 0.98 for a name of Teleport's with a part inside, 0.8 for a part under any other name, 0.6 for an empty file under
 * such a name and 0.5 for a damaged one. A real tar archive is none, however it is called.
 */
export function recogniseTeleport(file: FileEntry, head: Uint8Array): number {
  const place = findPlace(file.path);
  if (beginsPart(head)) return place === null ? 0.8 : 0.98;
  if (place === null || isTar(head)) return 0;
  return head.length === 0 ? 0.6 : 0.5;
}

/** A header is mostly zeros: without the compressed or encrypted body behind it, it may be anything. */
function beginsPart(head: Uint8Array): boolean {
  const header = parseHeader(head);
  if (header === null || header.size === 0) return false;
  const body = head.subarray(header.bytes, header.bytes + AGE.length);
  return header.encrypted ? Buffer.from(body).equals(AGE) : body[0] === 0x1f && body[1] === 0x8b;
}

// How a file encrypted with age begins.
const AGE = Buffer.from('age-encryption.org/v1');

function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar';
}

/** Every stored file is a unit, and so are the parts of one upload, in their order. */
export function groupTeleport(files: readonly FileEntry[]): readonly Unit[] {
  const units = Map.groupBy(files, (file) => findPlace(file.path)?.key ?? file.path);
  return [...units].map(([key, members]) => ({
    key,
    files: members.toSorted((a, b) => numberOf(a) - numberOf(b) || (a.path < b.path ? -1 : 1)),
  }));
}

function numberOf(file: FileEntry): number {
  const number = Number.parseInt(baseName(file.path), 10);
  return PART.test(baseName(file.path)) ? number : 0;
}
