import type { Recording } from '../../model/recording.ts';
import { stableId } from '../../util/ids.ts';
import { ownerOf, toRecording } from '../draft.ts';
import { baseName } from '../text.ts';
import type { SsmPlace } from './names.ts';
import type { UnitReading } from './reading.ts';
import { sizeOf, sourceName, uploadedAt } from './to-recording.ts';

/**
 * What one command printed on one instance. An empty output is that of a command that printed nothing: it is whole.
 * The times are those of the files, which the agent uploads when the command ends: `opened` is unknown.
 */
export function outputRecording(reading: UnitReading & { readonly place: SsmPlace }): Recording {
  const { unit, place, readings, context } = reading;
  const [only, ...others] = readings;
  const instance = baseName(place.cloudSession);
  return toRecording({
    uid: stableId('rec', ['ssm', 'output', place.cloudSession]),
    recorder: 'ssm',
    ref: { source: sourceName(reading), record: '' },
    holds: 'content',
    problems: readings.flatMap((one) => one.problems),
    closed: uploadedAt(unit.files),
    resolution: 1000,
    bytes: sizeOf(unit.files),
    events: unit.files.length,
    sha256: others.length === 0 ? (only?.result?.digest.sha256 ?? null) : null,
    evidence: readings.some((one) => one.result !== null) ? 'E3' : 'E0',
    launch: 'session',
    target: context.host ?? instance,
    reportedHost: instance,
    ids: { cloudSession: place.cloudSession },
    owner: ownerOf(unit.files),
  });
}
