import type { Grace } from './recorder.ts';

/** Recorders on the host itself write at once: 30 s to a first sign, a minute to close and store, an hour in all. */
export const HOST_GRACE: Grace = { start: 30_000, close: 60_000, store: 60_000, giveUp: 3_600_000 };
