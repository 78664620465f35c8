/** Why a peer was turned away. */
export type Refusal =
  | 'unknown address'
  | 'no valid certificate'
  | 'a certificate that names no host'
  | 'too many connections'
  | 'too many peers'
  | 'nothing sent in time';

export interface Tally {
  /** Messages that were written. */
  received: number;
  /** Of these, messages that were longer than is kept. */
  cut: number;
  /** Messages that were received and not written. */
  dropped: number;
  /** Connections that ended within a message, or where lengths and messages did not agree. */
  broken: number;
  /** Connections, and for UDP messages, that were turned away. */
  refused: number;
}

/** What a listener did since it was last asked. */
export class Counts {
  #tally = nothing();
  #refusals = new Map<Refusal, string>();

  add(part: Partial<Tally>): void {
    for (const key of KEYS) this.#tally[key] += part[key] ?? 0;
  }

  /** Takes note of a peer that was turned away; of each kind the last address is kept. */
  refuse(reason: Refusal, address: string): void {
    this.#tally.refused += 1;
    this.#refusals.set(reason, address);
  }

  take(): { readonly tally: Readonly<Tally>; readonly refusals: ReadonlyMap<Refusal, string> } {
    const taken = { tally: this.#tally, refusals: this.#refusals };
    this.#tally = nothing();
    this.#refusals = new Map();
    return taken;
  }
}

const KEYS = ['received', 'cut', 'dropped', 'broken', 'refused'] as const;

function nothing(): Tally {
  return { received: 0, cut: 0, dropped: 0, broken: 0, refused: 0 };
}
