/** What the `timing` of one tlog message counts. */
export interface TimingSums {
  /** Milliseconds from the message's position to its last event. */
  readonly delayMs: number;
  /** Unicode characters of `in_txt` and `out_txt`, replacement characters included. */
  readonly inputChars: number;
  readonly outputChars: number;
  /** Bytes of `in_bin` and `out_bin`. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly windows: number;
}

/**
 * Adds up a timing string: `+ms` delay, `<n` and `>n` characters of input and output text, `[r/b` and `]r/b`
 * r replacement characters standing for b binary bytes, `=CxR` window. Null where it is in no such form.
 */
export function parseTiming(text: string): TimingSums | null {
  const sums = { delayMs: 0, inputChars: 0, outputChars: 0, inputBytes: 0, outputBytes: 0, windows: 0 };
  let end = 0;
  for (const match of text.matchAll(EVENT)) {
    if (match.index !== end) return null;
    end += match[0].length;
    const [, kind, first, , , second] = match;
    // The second number goes with the kinds that have two, and with no other.
    if ((second !== undefined) !== PAIRED.has(kind ?? '')) return null;
    addEvent(sums, kind ?? '', Number(first), Number(second));
  }
  return end === text.length ? sums : null;
}

// Numbers of nine digits stay exact: a message of at most 1 MiB cannot count more.
const EVENT = /([+<>[\]=])(\d{1,9})(([/x])(\d{1,9}))?/g;
const PAIRED: ReadonlySet<string> = new Set(['[', ']', '=']);

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function addEvent(sums: Writable<TimingSums>, kind: string, first: number, second: number): void {
  if (kind === '+') sums.delayMs += first;
  else if (kind === '<') sums.inputChars += first;
  else if (kind === '>') sums.outputChars += first;
  else if (kind === '=') sums.windows += 1;
  else if (kind === '[') {
    sums.inputChars += first;
    sums.inputBytes += second;
  } else {
    sums.outputChars += first;
    sums.outputBytes += second;
  }
}
