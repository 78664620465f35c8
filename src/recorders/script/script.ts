import { HOST_GRACE } from '../grace.ts';
import type { Recorder } from '../recorder.ts';
import { groupScripts, recogniseScript } from './files.ts';
import { inspectScript } from './inspection.ts';

/** script(1) of util-linux: a typescript, mostly with a timing file beside it. */
export const script: Recorder = {
  type: 'script',
  title: 'typescripts of script(1), with or without timing',
  grace: HOST_GRACE,
  recognise: recogniseScript,
  group: groupScripts,
  inspect: inspectScript,
};
