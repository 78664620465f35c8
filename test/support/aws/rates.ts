/** Token buckets by name: each holds `perSecond` tokens and is refilled at that rate by the clock handed in. */
export class Rates {
  readonly #perSecond: number;
  readonly #levels = new Map<string, { level: number; at: number }>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether one more request may pass at `now` (milliseconds). */
  take(name: string, now: number): boolean {
    const { level, at } = this.#levels.get(name) ?? { level: this.#perSecond, at: now };
    const gained = (Math.max(0, now - at) * this.#perSecond) / 1000;
    const full = Math.min(this.#perSecond, level + gained);
    this.#levels.set(name, { level: full >= 1 ? full - 1 : full, at: Math.max(at, now) });
    return full >= 1;
  }
}
