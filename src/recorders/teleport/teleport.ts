import type { Recorder } from '../recorder.ts';
import { groupTeleport, recogniseTeleport } from './files.ts';
import { inspectTeleport } from './inspection.ts';

const MINUTE_MS = 60_000;

/** Session recordings of Teleport: `<sid>.tar`, which is no tar, and parts of uploads that were left over. */
export const teleport: Recorder = {
  type: 'teleport',
  title: 'Teleport session recordings',
  // Its sessions are those of Teleport's own audit log; a login that went past Teleport is none of its business.
  serves: 'cloud',
  // An upload that was abandoned is completed by another server some 35 minutes later.
  grace: { start: 2 * MINUTE_MS, close: 5 * MINUTE_MS, store: 40 * MINUTE_MS },
  recognise: recogniseTeleport,
  group: groupTeleport,
  inspect: inspectTeleport,
};
