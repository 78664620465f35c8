import type { Grace } from './recorder.ts';

/** Recorders on the host itself write at once: 30 s to a first sign, a minute to close, a minute to store. */
export const HOST_GRACE: Grace = { start: 30_000, close: 60_000, store: 60_000 };
