import type { Recorder } from '../recorder.ts';
import { groupSsm, recogniseSsm } from './files.ts';
import { inspectSsm } from './inspection.ts';

/** Session Manager, ECS Exec and Run Command: transcripts in a bucket, and exports of their log streams. */
export const ssm: Recorder = {
  type: 'ssm',
  title: 'AWS Session Manager, ECS Exec and Run Command (transcripts, log streams, output)',
  // Nothing is shown before the end: the agent uploads once, and a stream may stay empty until there is output.
  serves: 'cloud',
  grace: { start: Number.POSITIVE_INFINITY, close: 10 * 60_000, store: 30 * 60_000 },
  recognise: recogniseSsm,
  group: groupSsm,
  inspect: inspectSsm,
};
