/** What a command may touch of its surroundings; tests hand in their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** True where stdout is a terminal: colours and progress make sense. */
  readonly isTerminal: boolean;
  /** Epoch ms. */
  now(): number;
  /** Writes to stdout, waiting while the reader is slow. */
  out(text: string): Promise<void>;
  err(text: string): void;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** Exit codes of the contract: nothing to report, something to report, something not read or understood. */
export const EXIT = { ok: 0, report: 1, failed: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The surroundings of this process. */
export function processIo(signal: AbortSignal): Io {
  return {
    env: process.env,
    stdin: process.stdin,
    isTerminal: 'isTTY' in process.stdout && process.stdout.isTTY,
    now: () => Date.now(),
    out: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    err: (text) => void process.stderr.write(text),
    signal,
  };
}

/** True where the reader of our output went away (`| head`): no failure of ours. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/** Prints one NDJSON line per item in chunks of about 64 KiB: one write per line would cost a system call each. */
export async function writeLines(io: Io, lines: Iterable<object>): Promise<void> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < 65_536) continue;
    await io.out(chunk);
    chunk = '';
  }
  if (chunk !== '') await io.out(chunk);
}
