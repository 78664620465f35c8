import type { Problem } from '../../model/recording.ts';
import type { OnChunk } from '../read.ts';
import { plural } from '../text.ts';

/** Takes the bytes of one file into the book; `finish` gives what is wrong with the file as a whole. */
export interface Taker {
  readonly push: OnChunk;
  readonly finish: () => readonly Problem[];
}

// Eight sentences show what is wrong with a file.
const PROBLEMS_KEPT = 8;

/** Problems of one file: the first eight in full, then how many more there are. */
export class FileProblems {
  readonly #kept: Problem[] = [];
  #more = 0;

  add(problem: Problem): void {
    if (this.#kept.length < PROBLEMS_KEPT) this.#kept.push(problem);
    else this.#more++;
  }

  list(): readonly Problem[] {
    if (this.#more === 0) return this.#kept;
    return [
      ...this.#kept,
      { code: 'recording-altered', detail: `${plural(this.#more, 'more fault')} like these` },
    ];
  }
}

export function tooLong(where: string): Problem {
  return { code: 'recording-gap', detail: `${where} is too long and was not read` };
}
