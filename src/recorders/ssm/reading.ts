import type { FileEntry } from '../../files/entry.ts';
import type { Problem } from '../../model/recording.ts';
import type { ReadResult } from '../read.ts';
import type { InspectContext, Unit } from '../recorder.ts';
import type { SsmPlace } from './names.ts';

/** One file of a unit as read. */
export interface Reading {
  readonly file: FileEntry;
  readonly result: ReadResult | null;
  /** What concerns every recording in it: nobody can say which was touched. */
  readonly problems: readonly Problem[];
}

/** What is common to all recordings of a unit. */
export interface UnitReading {
  readonly unit: Unit;
  readonly place: SsmPlace | null;
  readonly readings: readonly Reading[];
  readonly context: InspectContext;
}

/** What reading one file gave, before its pin and compression are looked at. */
export interface FileReading {
  readonly result: ReadResult;
  readonly problems: readonly Problem[];
}
