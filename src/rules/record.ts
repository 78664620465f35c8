import { didYouMean } from '../util/nearest.ts';
import { ACCESS_FIELDS, type AccessRecord, VERDICT_FIELDS } from './records/access.ts';
import { CHANGE_FIELDS, type ChangeRecord } from './records/change.ts';
import { CONTROL_FIELDS, type ControlRecord } from './records/control.ts';
import { EXCEPTION_FIELDS, type ExceptionRecord } from './records/exception.ts';
import { RECORDER_FIELDS, type RecorderRecord } from './records/recorder.ts';
import { RECORDING_FIELDS, type RecordingRecord } from './records/recording.ts';
import { RUN_FIELDS, type RunRecord } from './records/run.ts';
import { SOURCE_FIELDS, type SourceRecord } from './records/source.ts';
import { TRAIL_FIELDS, type TrailRecord } from './records/trail.ts';

/** Everything that rules see. One module per kind under records/ has its fields, their meaning and its builder. */
export type RuleRecord =
  | AccessRecord
  | RecordingRecord
  | SourceRecord
  | RecorderRecord
  | ControlRecord
  | ChangeRecord
  | TrailRecord
  | ExceptionRecord
  | RunRecord;

/** `logsource.service` of a rule, and `type` of the records it sees. */
export type Service = RuleRecord['type'];

const FIELDS: Readonly<Record<Service, readonly string[]>> = {
  access: [...ACCESS_FIELDS, ...VERDICT_FIELDS],
  recording: RECORDING_FIELDS,
  source: SOURCE_FIELDS,
  recorder: RECORDER_FIELDS,
  control: CONTROL_FIELDS,
  change: CHANGE_FIELDS,
  trail: TRAIL_FIELDS,
  exception: EXCEPTION_FIELDS,
  run: RUN_FIELDS,
};

export const SERVICES = Object.keys(FIELDS);

/** True for a service whose records exist. */
export function isService(text: string): text is Service {
  return SERVICES.includes(text);
}

/**
 * What is wrong with a dotted path in a rule on this service, null where the records have it. A path may also
 * name what holds fields, such as `exception`. Rules that classify run before the verdict and see no part of it.
 */
export function fieldProblem(service: Service, classifies: boolean, path: string): string | null {
  const known = classifies ? ACCESS_FIELDS : FIELDS[service];
  const holders = known.flatMap((field) => (field.includes('.') ? [field.slice(0, field.indexOf('.'))] : []));
  if (known.includes(path) || holders.includes(path)) return null;
  if (classifies && isVerdictField(path)) return `\`${path}\` is not known before the verdict`;
  return `${service} records have no field \`${path}\`${didYouMean(path, [...known, ...holders])}`;
}

function isVerdictField(path: string): boolean {
  return VERDICT_FIELDS.some((field) => field === path || field.startsWith(`${path}.`));
}
