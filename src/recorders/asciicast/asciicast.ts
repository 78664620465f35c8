import { groupByStem } from '../companions.ts';
import { HOST_GRACE } from '../grace.ts';
import type { Recorder } from '../recorder.ts';
import { recogniseCast } from './files.ts';
import { inspectCast } from './inspection.ts';

/** asciinema and everything else that writes asciicast: one file per session. */
export const asciicast: Recorder = {
  type: 'asciicast',
  title: 'asciicast recordings, versions 1 to 3 (asciinema and others)',
  grace: HOST_GRACE,
  recognise: recogniseCast,
  group: groupByStem,
  inspect: inspectCast,
};
