import type { Config } from '../../config/schema.ts';
import type { HostRead } from './host-reading.ts';

/** What is known of a host from one pass to the next. Lost with the process, at the price of a further look. */
export interface HostState {
  /** Epoch ms of the last look. */
  lastAt: number;
  /** Epoch ms before which it is not looked at again. */
  dueAt: number;
  /** Looks in a row that gave nothing. */
  failures: number;
  /** What the last look gave. */
  last: HostRead | null;
  /** The list of files that was read to its end; where it is the same again, nothing is new. */
  seen: string;
}

const MINUTE_MS = 60_000;
const LONGEST_WAIT_MS = 10 * MINUTE_MS;

/**
 * How long a host is left alone that could not be read so many times in a row. A host that hangs holds one of the
 * places for its time-out, and some servers lock out whoever knocks too often.
 */
export function waitAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, MINUTE_MS * 2 ** (failures - 1));
}

/** The states of the configured hosts. */
export class HostStates {
  #states = new Map<string, HostState>();
  #config = '';

  /** The states for a configuration; where it changed, every host is looked at anew. */
  of({ hosts, ssh, timezone }: Pick<Config, 'hosts' | 'ssh' | 'timezone'>): {
    get(id: string): HostState;
  } {
    const text = JSON.stringify([hosts, ssh, timezone]);
    if (text !== this.#config) this.#states = new Map();
    this.#config = text;
    return { get: (id) => this.#get(id) };
  }

  #get(id: string): HostState {
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const fresh: HostState = { lastAt: 0, dueAt: 0, failures: 0, last: null, seen: '' };
    this.#states.set(id, fresh);
    return fresh;
  }
}
