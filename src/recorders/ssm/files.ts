import type { FileEntry } from '../../files/entry.ts';
import type { Unit } from '../recorder.ts';
import { formOf, showsMessages, showsTranscript, streamNames } from './forms.ts';
import { findPlace, findStream, isTelling } from './names.ts';

/**
 * 0.98 for a transcript under a session's name (a typescript under any other name is script's own); 0.95 for messages
 * of streamed sessions, and for answers of the API that name a session; 0.9 for what lies where Run Command puts its
 * output; 0.6 for an empty file under a session's name, 0.5 for a damaged one.
 */
export function recogniseSsm(file: FileEntry, head: Uint8Array): number {
  const place = findPlace(file.path);
  if (place?.kind === 'command') return 0.9;
  const form = formOf(head);
  if (showsMessages(form, head)) return 0.95;
  if (showsTranscript(form, head)) {
    if (place !== null) return 0.98;
    return streamNames(head).some((name) => findStream(name) !== null) ? 0.95 : 0;
  }
  if (form === 'events' && streamNames(head).some((name) => isTellingStream(name))) return 0.95;
  if (place === null || !isTelling(place.cloudSession) || !hasExtension(file.path)) return 0;
  return head.length === 0 || form === 'events' ? 0.6 : 0.5;
}

function isTellingStream(name: string): boolean {
  const stream = findStream(name);
  return stream !== null && isTelling(stream.cloudSession);
}

/** Names without any extension are too common to say something by themselves. */
function hasExtension(path: string): boolean {
  return /\.(?:log|txt|json|jsonl|ndjson|gz)$/.test(path);
}

/** Every file is a unit, but for the parts of one exported stream and the outputs of one command on one instance. */
export function groupSsm(files: readonly FileEntry[]): readonly Unit[] {
  const units = Map.groupBy(files, (file) => findPlace(file.path)?.key ?? file.path);
  return [...units].map(([key, members]) => ({
    key,
    files: members.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  }));
}
