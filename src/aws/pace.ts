/**
 * Lets so many calls start as AWS allows: never more than 2 + 2·t in any t seconds. AWS counts LookupEvents at two a
 * second for an account and region; other programs share that, which is what the retries are for.
 */
export interface Pace {
  /** Resolves when a call may start; the caller starts it at once. Rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<void>;
}

export interface PaceClock {
  /** Milliseconds that only grow: a wall clock set back by an hour would stop the calls for an hour. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const INTERVAL_MS = 500;
const BURST = 2;

export function createPace(clock: PaceClock = SYSTEM): Pace {
  // When the bucket is full again (the generic cell rate algorithm, ITU-T I.371): one number and no drift.
  let fullAt = -Infinity;
  let last: Promise<void> = Promise.resolve();
  const wait = async (signal?: AbortSignal): Promise<void> => {
    for (;;) {
      signal?.throwIfAborted();
      const now = clock.now();
      const early = fullAt - (BURST - 1) * INTERVAL_MS - now;
      if (early <= 0) {
        fullAt = Math.max(fullAt, now) + INTERVAL_MS;
        return;
      }
      // A timer may fire early: the loop looks again.
      await clock.sleep(Math.ceil(early), signal);
    }
  };
  return {
    // One after the other: were slots given out beforehand, sleepers that wake late would start all at once. One that
    // is aborted leaves when its turn comes, which is soon: all calls of a pass share the signal.
    take: (signal) => {
      const turn = last.then(() => wait(signal));
      last = turn.catch(() => {});
      return turn;
    },
  };
}

export interface Paces {
  of(account: string, region: string, service: string): Pace;
}

/**
 * The paces of a process: two connections into one account share that account's. One small entry for each account,
 * region and service that is configured, and those are few.
 */
export function createPaces(clock: PaceClock = SYSTEM): Paces {
  const paces = new Map<string, Pace>();
  return {
    of: (account, region, service) => {
      const key = [account, region, service].join(' ');
      const pace = paces.get(key) ?? createPace(clock);
      paces.set(key, pace);
      return pace;
    },
  };
}

const SYSTEM: PaceClock = { now: () => performance.now(), sleep };

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => {
    clearTimeout(timer);
    reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', abort);
    resolve();
  }, ms);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  return promise;
}
