interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What is still to happen, earliest first: a binary heap. Equal times keep the order in which they were added. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #added = 0;

  /** `at` in epoch ms. */
  add(at: number, run: () => void): void {
    this.#heap.push({ at, order: this.#added++, run });
    this.#rise(this.#heap.length - 1);
  }

  /** Runs what is due until `now`, also what these runs add. */
  runUntil(now: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#drop();
      first.run();
    }
  }

  /** Runs everything that is left; returns the time of the last of it, or `now`. */
  finish(now: number): number {
    let last = now;
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      last = Math.max(last, first.at);
      this.#drop();
      first.run();
    }
    return last;
  }

  #drop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(at: number): void {
    while (at > 0 && this.#isBefore(at, (at - 1) >> 1)) at = this.#swap(at, (at - 1) >> 1);
  }

  #sink(at: number): void {
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.#heap.length && this.#isBefore(child, least)) least = child;
      if (least === at) return;
      at = this.#swap(at, least);
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): number {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a !== undefined && b !== undefined) [this.#heap[one], this.#heap[other]] = [b, a];
    return other;
  }
}
