import { HOST_GRACE } from '../grace.ts';
import type { Recorder } from '../recorder.ts';
import { groupIoLogs, recogniseIoLog } from './directory.ts';
import { inspectIoLog } from './inspection.ts';

/** sudo: one folder per command with what it showed and what was typed. */
export const sudo: Recorder = {
  type: 'sudo',
  title: 'sudo I/O logs (local and of sudo_logsrvd)',
  grace: HOST_GRACE,
  recognise: recogniseIoLog,
  group: groupIoLogs,
  inspect: inspectIoLog,
};
