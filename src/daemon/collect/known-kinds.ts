import type { FileEntry } from '../../files/entry.ts';
import { type Kind, recogniseFile } from './recognise.ts';

/** Files remembered: at about 300 bytes each, 200,000 (the most that a walk gives) take 60 MB. */
const LIMIT = 200_000;

/**
 * Recognises files, and remembers what an unchanged file is: a pass over many recordings must not open every one of
 * them again. A file that grew or was rewritten is looked at anew; one that could not be read always is.
 */
export class KnownKinds {
  readonly #known = new Map<string, { readonly state: string; readonly kind: Kind }>();

  async recognise(file: FileEntry, types: ReadonlySet<string> = new Set()): Promise<Kind> {
    const key = `${file.path}\0${[...types].join()}`;
    const state = `${file.dev} ${file.ino} ${file.size} ${file.mtimeMs}`;
    const known = this.#known.get(key);
    if (known?.state === state) return known.kind;
    const kind = await recogniseFile(file, types);
    if (kind.kind === 'unreadable') return kind;
    if (this.#known.size >= LIMIT) this.#known.clear();
    this.#known.set(key, { state, kind });
    return kind;
  }
}
