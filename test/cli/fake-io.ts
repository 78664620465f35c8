import { runProgram } from '../../src/cli/program.ts';

/** What one run of the program printed, and its exit code. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: readonly Uint8Array[];
  readonly now?: number;
  readonly isTerminal?: boolean;
  /** Called with each piece of output; what it throws is what a broken stdout throws. */
  readonly onOut?: (text: string) => void;
}

/** 2026-11-23T00:00:00Z: after everything that the logs of these tests tell. */
export const NOW = Date.UTC(2026, 10, 23);

/** Runs the program in this process with surroundings of its own. */
export async function run(argv: readonly string[], around: Surroundings = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const exit = await runProgram(argv, {
    env: around.env ?? {},
    stdin: (async function* () {
      yield* around.stdin ?? [];
    })(),
    isTerminal: around.isTerminal ?? false,
    now: () => around.now ?? NOW,
    out: async (text) => {
      around.onOut?.(text);
      out += text;
    },
    err: (text) => {
      err += text;
    },
    signal: new AbortController().signal,
  });
  return { exit, out, err };
}

/** The lines of an NDJSON output; throws where one is not whole. */
export function linesOf(out: string): Record<string, unknown>[] {
  if (out !== '' && !out.endsWith('\n')) throw new Error('the last line is not whole');
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
