/** Seeded pseudo-random numbers (xoshiro128**, by Blackman and Vigna): the same seed gives the same data anywhere. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    let state = seed | 0;
    // SplitMix32 spreads neighbouring seeds over the whole state.
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    };
    [this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), next()];
  }

  /** An unsigned 32-bit number. */
  bits(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.bits() / 4_294_967_296;
  }

  /** True in `share` of the cases. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + (this.bits() % (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.bits() % list.length];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  /** Exponentially distributed with this mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.fraction()) * mean;
  }

  /** Lower-case hexadecimal digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.bits().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** Characters of an alphabet. */
  text(length: number, alphabet: string): string {
    let text = '';
    for (let at = 0; at < length; at++) text += alphabet[this.bits() % alphabet.length] ?? '';
    return text;
  }

  uuid(): string {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
