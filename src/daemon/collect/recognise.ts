import type { FileEntry } from '../../files/entry.ts';
import { readHead } from '../../files/head.ts';
import type { Recorder } from '../../recorders/recorder.ts';
import { RECORDERS } from '../../recorders/registry.ts';
import type { Format } from '../../sources/format.ts';
import { recogniseFormat } from '../../sources/registry.ts';
import { readBehindLine } from './second-look.ts';

/** What a file is, by its path and first bytes. */
export type Kind =
  | { readonly kind: 'source'; readonly format: Format }
  | { readonly kind: 'recorder'; readonly recorder: Recorder }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'unknown' };

/** A source or recorder that is less sure than this about a file is only guessing. */
const SURE_ENOUGH = 0.4;

/** Recognises a file by content. `types` limits what it may be; empty allows all. */
export async function recogniseFile(file: FileEntry, types: ReadonlySet<string> = new Set()): Promise<Kind> {
  const { bytes, problem } = await readHead(file);
  if (problem !== null && bytes.length === 0)
    return { kind: 'unreadable', why: `${file.name}: ${problem.message}` };
  const recorder = bestRecorder(file, bytes, types);
  const source = bytes.length === 0 ? undefined : recogniseFormat(bytes);
  const sourceScore = source && allows(types, source.format.type) ? source.score : 0;
  if (recorder && recorder.score >= Math.max(SURE_ENOUGH, sourceScore)) {
    return { kind: 'recorder', recorder: recorder.recorder };
  }
  if (source && sourceScore >= SURE_ENOUGH) return { kind: 'source', format: source.format };
  return recogniseBehindHead(file, bytes, types);
}

/** One endless or damaged line at the beginning must not hide the log behind it: a second look after that line. */
async function recogniseBehindHead(
  file: FileEntry,
  head: Uint8Array,
  types: ReadonlySet<string>,
): Promise<Kind> {
  const next = head.length < file.size ? await readBehindLine(file, head.length) : null;
  const source = next === null ? undefined : recogniseFormat(next);
  return source && allows(types, source.format.type) && source.score >= SURE_ENOUGH
    ? { kind: 'source', format: source.format }
    : { kind: 'unknown' };
}

function allows(types: ReadonlySet<string>, type: string): boolean {
  return types.size === 0 || types.has(type);
}

function bestRecorder(file: FileEntry, head: Uint8Array, types: ReadonlySet<string>) {
  return RECORDERS.filter((recorder) => allows(types, recorder.type))
    .map((recorder) => ({ recorder, score: recorder.recognise(file, head) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)[0];
}
