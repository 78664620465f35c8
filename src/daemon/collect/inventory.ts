import type { FileEntry } from '../../files/entry.ts';
import type { Reject } from '../../model/event.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { Recording } from '../../model/recording.ts';
import type { InspectContext, Inspection, Recorder, Unit } from '../../recorders/recorder.ts';

/** Files of one recorder, as configured or as found. */
export interface RecorderFiles {
  readonly id: string;
  readonly recorder: Recorder;
  readonly files: readonly FileEntry[];
  /** All files of the same tree: companions are looked for among them. */
  readonly siblings: readonly FileEntry[];
  /** Problems met on the way to the files: what lies behind them is unknown. */
  readonly problems: readonly string[];
  /** Target that all recordings belong to, where one is configured. */
  readonly host: string | null;
}

/** In `blindHosts`: recordings of any host may be among what could not be read. */
export const EVERY_HOST = '*';

export interface Inventory {
  readonly recordings: readonly Recording[];
  readonly report: RecorderReport;
  readonly rejects: readonly Reject[];
  /** Places that could not be read, for a person. */
  readonly errors: readonly string[];
}

/** How a unit is inspected; the daemon keeps state between passes, `check` does not. */
export type InspectUnit = (recorder: Recorder, unit: Unit) => Promise<Inspection>;

/** Inspects everything a recorder holds. One broken unit never stops the others; it makes its host blind. */
export async function takeInventory(
  { id, recorder, files, siblings, problems, host }: RecorderFiles,
  inspectUnit: InspectUnit,
  now: number,
): Promise<Inventory> {
  const units = recorder.group(files, siblings);
  const recordings: Recording[] = [];
  const rejects: Reject[] = [];
  const errors = [...problems];
  const blindHosts = new Set<string>(problems.length > 0 ? [host ?? EVERY_HOST] : []);
  for (const unit of units) {
    const inspection = await inspectUnit(recorder, unit);
    recordings.push(...inspection.recordings);
    rejects.push(...inspection.rejects);
    for (const failure of unreadable(inspection.recordings)) {
      errors.push(failure.detail);
      const { target, ids } = failure.recording;
      // A cloud's transcript names its session: no other one can be behind it.
      blindHosts.add(ids.cloudSession ?? target ?? unit.files[0]?.host ?? EVERY_HOST);
    }
  }
  const hosts = new Set(recordings.flatMap((one) => one.target ?? []));
  const report: RecorderReport = {
    id,
    type: recorder.type,
    serves: recorder.serves ?? 'hosts',
    hosts: [...hosts].sort(),
    units: units.length,
    recordings: recordings.length,
    errors,
    blindHosts: [...blindHosts],
    watermark: now,
  };
  return { recordings, report, rejects, errors };
}

/** A file that exists and cannot be read is no proof of absence. */
function unreadable(recordings: readonly Recording[]) {
  return recordings.flatMap((recording) =>
    recording.problems
      .filter((problem) => problem.code === 'recording-not-retrievable')
      .map((problem) => ({ recording, detail: `${recording.ref.source}: ${problem.detail}` })),
  );
}

/** Context for a unit from what is the same for all units of a recorder. */
export function contextFor(
  unit: Unit,
  common: Omit<InspectContext, 'host' | 'previous'> & { readonly host?: string | null },
  previous: string | null,
): InspectContext {
  return { ...common, host: common.host ?? unit.files[0]?.host ?? null, previous };
}
