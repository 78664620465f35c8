import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  /** Keeps the input open until the program ends, as a terminal or a pipe would. */
  readonly holdInput?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; the slowest expected step is sshd's two seconds of delay after a wrong password. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** Runs a program to its end. Throws where it does not end in time or cannot be started, never for its exit code. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const limit = options.timeoutMs ?? TIMEOUT_MS;
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  // A program that ends without reading its input is not our failure: its exit code tells.
  child.stdin.on('error', () => {});
  child.stdin.write(options.input ?? '');
  if (options.holdInput !== true) child.stdin.end();
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL' && child.killed)
    throw new Error(`${command} did not end within ${limit} ms: ${stderr()}`);
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Like `run`, but throws where the program fails: for steps that only prepare. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const outcome = await run(command, args, options);
  if (outcome.code !== 0)
    throw new Error(`${command} ended with ${outcome.code}: ${outcome.stderr}${outcome.stdout}`);
  return outcome.stdout;
}

/** Gathers what a stream says, as text. */
export function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Polls until `probe` gives something, and returns it; throws with `what` when the time (ms) is over. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | null,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
}

/** Ends a daemon: asks first, insists after two seconds. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(insist);
}
