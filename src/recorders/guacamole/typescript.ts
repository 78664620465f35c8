import type { Problem } from '../../model/recording.ts';
import { toLines } from '../lines.ts';
import { count, plural } from '../text.ts';

const HEADER = '[BEGIN TYPESCRIPT]\n';
const FOOTER = '\n[END TYPESCRIPT]\n';

export function beginsTypescript(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, HEADER.length)).toString('latin1') === HEADER;
}

/** Both ends of a typescript; what stands between them is counted and dropped. */
export interface Typescript {
  readonly begun: boolean;
  readonly ended: boolean;
  /** Bytes between the ends. */
  readonly body: number;
}

/** Looks at both ends while the bytes pass by. Memory: 19 bytes for each end. */
export class TypescriptScanner {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #bytes = 0;

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#head.length < HEADER.length)
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEADER.length - this.#head.length)]);
    const tail = chunk.subarray(Math.max(chunk.length - FOOTER.length, 0));
    this.#tail = Buffer.concat([this.#tail, tail]).subarray(-FOOTER.length);
  }

  finish(): Typescript {
    const begun = beginsTypescript(this.#head);
    const edge = begun ? HEADER.length : 0;
    const ended = this.#tail.toString('latin1') === FOOTER && this.#bytes >= edge + FOOTER.length;
    return { begun, ended, body: this.#bytes - edge - (ended ? FOOTER.length : 0) };
  }
}

/** What a timing file adds up to. */
export interface Timing {
  readonly bytes: number;
  readonly entries: number;
  /** Milliseconds from the first byte of the typescript to the last; each delay is capped at a day. */
  readonly delayMs: number;
  readonly unknown: number;
  readonly cut: boolean;
}

/** Adds up lines `SECONDS BYTES`. */
export function createTiming(): {
  readonly push: (chunk: Uint8Array) => void;
  readonly finish: () => Timing;
} {
  const sums = { bytes: 0, entries: 0, delayMs: 0, unknown: 0, cut: false };
  const splitter = toLines((line) => {
    const text = line.tooLong ? '' : Buffer.from(line.bytes.subarray(0, 40)).toString('latin1');
    const [, delay, bytes] = /^(\d{1,6}\.\d{1,9}) (\d{1,9})$/.exec(text) ?? [];
    // Only the line feed proves that the last number is whole.
    if (!line.ended) sums.cut = true;
    else if (delay === undefined || bytes === undefined) sums.unknown++;
    else {
      sums.entries++;
      sums.bytes += Number(bytes);
      sums.delayMs += Number(delay) * 1000;
    }
  });
  return {
    push: (chunk) => void splitter.push(chunk),
    finish: () => {
      splitter.finish();
      return sums;
    },
  };
}

/** A typescript against its timing; null where the timing is absent. */
export function typescriptProblems(
  { begun, ended, body }: Typescript,
  timing: Timing | null,
): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (code: Problem['code'], detail: string): void => void problems.push({ code, detail });
  if (!begun) add('recording-altered', 'the typescript does not begin with its header');
  if (!ended) add('recording-not-closed', 'the typescript has no footer');
  if (timing === null) add('recording-gap', 'the timing is absent');
  else {
    if (timing.cut) add('recording-truncated', 'the timing breaks off in a line');
    if (timing.unknown > 0)
      add('recording-altered', `the timing has ${plural(timing.unknown, 'line')} in no known form`);
    if (timing.bytes !== body)
      add(
        timing.bytes > body ? 'recording-truncated' : 'recording-altered',
        `timing says ${plural(timing.bytes, 'byte')} and the typescript has ${count(body)}`,
      );
  }
  return problems;
}
