import { groupByStem } from '../companions.ts';
import { HOST_GRACE } from '../grace.ts';
import type { Recorder } from '../recorder.ts';
import { recogniseTtyrec } from './files.ts';
import { inspectTtyrec } from './inspection.ts';

/** ttyrec: frames of terminal output with their times, one file per session. */
export const ttyrec: Recorder = {
  type: 'ttyrec',
  title: 'ttyrec recordings',
  grace: HOST_GRACE,
  recognise: recogniseTtyrec,
  group: groupByStem,
  inspect: inspectTtyrec,
};
