import type { Reject } from '../model/event.ts';

// A hundred places show what is wrong with a file; a file of rubbish would otherwise fill memory with them.
const REJECTS_KEPT = 100;

/** Records that could not be understood: the first hundred in full, the rest as one that counts them. */
export class Rejects {
  readonly #kept: Reject[] = [];
  #total = 0;

  add(reject: Reject): void {
    this.#total++;
    if (this.#kept.length < REJECTS_KEPT) this.#kept.push(reject);
  }

  list(): readonly Reject[] {
    const more = this.#total - this.#kept.length;
    const last = this.#kept.at(-1);
    if (more === 0 || last === undefined) return this.#kept;
    return [...this.#kept, { ...last, detail: `${more.toLocaleString('en-US')} more records like these` }];
  }
}
