import { HOST_GRACE } from '../grace.ts';
import type { Recorder } from '../recorder.ts';
import { groupTlog, recogniseTlog } from './files.ts';
import { inspectTlog } from './inspection.ts';

/** tlog: JSON messages of many sessions in one file, or carried by syslog and journald. */
export const tlog: Recorder = {
  type: 'tlog',
  title: 'tlog session recordings (file, syslog, journald)',
  grace: HOST_GRACE,
  recognise: recogniseTlog,
  group: groupTlog,
  inspect: inspectTlog,
};
