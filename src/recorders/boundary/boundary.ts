import type { Recorder } from '../recorder.ts';
import { groupBoundary, recogniseBoundary } from './files.ts';
import { inspectBoundary } from './inspection.ts';

const MINUTE_MS = 60_000;

/** Session recordings of HashiCorp Boundary: a folder `<id>.bsr` with its connections and channels. */
export const boundary: Recorder = {
  type: 'boundary',
  title: 'Boundary session recordings',
  // Its sessions are those of Boundary's own audit events; a login that went past Boundary is none of its business.
  serves: 'cloud',
  grace: { start: 5 * MINUTE_MS, close: 15 * MINUTE_MS, store: 60 * MINUTE_MS },
  recognise: recogniseBoundary,
  group: groupBoundary,
  inspect: inspectBoundary,
};
