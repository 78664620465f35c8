import type { Problem } from '../../model/recording.ts';
import { count, type Range, rangesText } from '../text.ts';
import {
  decodeEvent,
  endFacts,
  printedBytes,
  type RecordedEvent,
  type SessionFacts,
  startFacts,
} from './message.ts';

// Teleport refuses messages above 64 KiB; sixteen times that is damage.
const MESSAGE_LIMIT = 1024 * 1024;
// A detail names ten ranges; ten more tell whether there are others.
const GAPS_KEPT = 20;
// An upload is filled up to 5 MiB. A body of zeros inflates to a thousand times its size.
const PADDING_LIMIT = 16 * 1024 * 1024;
// `session.data` and `session.upload` carry the two highest indexes; they count nothing.
const COUNTED_BELOW = 2_147_483_646;

/** What the events of a recording add up to. Takes the inflated bodies of its parts, one after another. */
export class Tally {
  events = 0;
  /** Bytes shown on a terminal. */
  shown = 0;
  /** Pictures of a desktop. */
  pictures = 0;
  /** Commands that the kernel was asked for. */
  commands = 0;
  /** Queries sent to a database. */
  queries = 0;
  /** Epoch ms of the first and of the last event. */
  first: number | null = null;
  last: number | null = null;
  start: SessionFacts | null = null;
  end: SessionFacts | null = null;
  ended = false;
  #lastIndex = -1;
  readonly #gaps: Range[] = [];
  readonly #problems: Problem[] = [];
  #held: Uint8Array = new Uint8Array(0);
  /** Nothing more of this part is read. */
  #stopped = false;
  /** Bytes of this part behind what was read. */
  #passedOver = 0;

  /** Takes what comes next of a part's body; false where nobody needs more of it. */
  push(chunk: Uint8Array): boolean {
    if (this.#stopped) this.#passedOver += chunk.length;
    else this.#read(chunk);
    return this.#passedOver <= PADDING_LIMIT;
  }

  #read(chunk: Uint8Array): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let at = 0;
    while (!this.#stopped && at + 4 <= bytes.length) {
      const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
      // Old releases let padding into the compressed body: zeros up to its end.
      if (length === 0) this.#stopped = true;
      else if (length > MESSAGE_LIMIT) this.#fault(`a message of ${count(length)} bytes`);
      else if (at + 4 + length > bytes.length) break;
      else this.#takeMessage(bytes.subarray(at + 4, at + 4 + length));
      at += length === 0 ? 4 : 4 + length;
    }
    this.#held = this.#stopped ? new Uint8Array(0) : bytes.slice(at);
  }

  /** Ends a part: messages never go on in the next one. `cut` where the part's own bytes were not all there. */
  endPart(cut: boolean): void {
    if (this.#held.length > 0 && !cut) this.#fault('a message that its part does not hold to the end');
    this.#held = new Uint8Array(0);
    if (this.#passedOver > PADDING_LIMIT) this.#fault('more padding than any upload needs');
    this.#stopped = false;
    this.#passedOver = 0;
  }

  get problems(): readonly Problem[] {
    const gap: Problem = { code: 'recording-gap', detail: `events ${rangesText(this.#gaps)} are missing` };
    return this.#gaps.length === 0 ? this.#problems : [...this.#problems, gap];
  }

  #takeMessage(bytes: Uint8Array): void {
    const event = decodeEvent(bytes);
    if (event === null) return this.#fault('a message that is no event');
    // What was not yet confirmed is sent again after a lost connection: equal indexes count once.
    if (event.index <= this.#lastIndex) return;
    if (event.index < COUNTED_BELOW) this.#count(event.index);
    this.#take(event);
  }

  #count(index: number): void {
    if (index > this.#lastIndex + 1 && this.#gaps.length < GAPS_KEPT)
      this.#gaps.push([this.#lastIndex + 1, index - 1]);
    this.#lastIndex = index;
  }

  #take({ type, time, body }: RecordedEvent): void {
    this.events += 1;
    this.first ??= time;
    this.last = time === null ? this.last : Math.max(this.last ?? time, time);
    if (type === 'print') this.shown += printedBytes(body);
    else if (type === 'desktop.recording') this.pictures += 1;
    else if (type === 'session.command') this.commands += 1;
    else if (type.startsWith('db.session.') && !/\.(?:start|end)$/.test(type)) this.queries += 1;
    else if (type === 'session.start') this.start ??= startFacts(body);
    else if (type === 'session.end') this.end ??= endFacts(body);
    if (type.endsWith('session.end')) this.ended = true;
  }

  /** Says what is wrong, once, and leaves the rest of the part. */
  #fault(detail: string): void {
    this.#stopped = true;
    if (this.#problems.length === 0)
      this.#problems.push({
        code: 'recording-altered',
        detail: `${detail}, behind ${count(this.events)} events`,
      });
  }
}
