import { asciicast } from './asciicast/asciicast.ts';
import { boundary } from './boundary/boundary.ts';
import { guacamole } from './guacamole/guacamole.ts';
import type { Recorder } from './recorder.ts';
import { script } from './script/script.ts';
import { ssm } from './ssm/ssm.ts';
import { sudo } from './sudo/sudo.ts';
import { teleport } from './teleport/teleport.ts';
import { tlog } from './tlog/tlog.ts';
import { ttyrec } from './ttyrec/ttyrec.ts';

/** Every recorder: a folder beside this file and a line here. */
export const RECORDERS: readonly Recorder[] = [
  asciicast,
  boundary,
  guacamole,
  script,
  ssm,
  sudo,
  teleport,
  tlog,
  ttyrec,
];

export function findRecorder(type: string): Recorder | undefined {
  return RECORDERS.find((recorder) => recorder.type === type);
}
