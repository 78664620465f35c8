import type { Recorder } from '../recorder.ts';
import { groupGuacamole, recogniseGuacamole } from './files.ts';
import { inspectGuacamole } from './inspection.ts';

const MINUTE_MS = 60_000;

/** Recordings of Apache Guacamole: dumps of its protocol, and typescripts with their timing. */
export const guacamole: Recorder = {
  type: 'guacamole',
  title: 'Guacamole recordings',
  grace: { start: 5 * MINUTE_MS, close: 15 * MINUTE_MS, store: 60 * MINUTE_MS },
  recognise: recogniseGuacamole,
  group: groupGuacamole,
  inspect: inspectGuacamole,
};
