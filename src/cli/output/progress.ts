import type { Io } from '../io.ts';
import { printable } from './text.ts';

export interface Progress {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

/** Updates at most ten times a second: more flickers and slows reading. */
const INTERVAL_MS = 100;
/** Quick runs show nothing. */
const DELAY_MS = 500;

/** A line on the terminal that says what a long run is doing; silent where output goes to a file or pipe. */
export function createProgress(io: Io): Progress {
  const started = io.now();
  let last = started + DELAY_MS - INTERVAL_MS;
  let shown = false;
  if (!io.isTerminal) return { show: () => {}, clear: () => {} };
  return {
    show: (text) => {
      if (io.now() - last < INTERVAL_MS) return;
      last = io.now();
      shown = true;
      io.err(`\r\u001B[K${printable(text).slice(0, 100)}`);
    },
    clear: () => {
      if (shown) io.err('\r\u001B[K');
    },
  };
}
