import { type AwsProblem, toAwsProblem } from './problem.ts';

/** A call to AWS that gave nothing; its message is safe to show. The error of the SDK is its cause. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly problem: AwsProblem;
  /** The system's code for the like fault of a file: who reads bytes need not know that they come from AWS. */
  readonly code: string;

  constructor(problem: AwsProblem, cause?: unknown) {
    super(problem.message, { cause });
    this.problem = problem;
    this.code = CODES[problem.code];
  }
}

const CODES: Readonly<Record<AwsProblem['code'], string>> = {
  denied: 'EACCES',
  expired: 'EACCES',
  throttled: 'EAGAIN',
  unreachable: 'ETIMEDOUT',
  'not-found': 'ENOENT',
  invalid: 'EIO',
  unknown: 'EIO',
};

/** Runs a call; what it throws is thrown as `AwsFault`, and where the signal was raised, as its reason. */
export async function call<T>(action: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await unlessAborted(run(), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw toFault(error, action);
  }
}

/**
 * What a promise gives, or the signal's reason as soon as that is raised. The SDK heeds a signal while it waits for an
 * answer, and not while it fetches credentials, which can take minutes.
 */
export async function unlessAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([running, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Any error of a call as a fault. */
export function toFault(error: unknown, action: string): AwsFault {
  return error instanceof AwsFault ? error : new AwsFault(toAwsProblem(error, action), error);
}
