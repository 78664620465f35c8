import type { Reject } from './event.ts';

/** What reading one stream (a log with its rotated files) showed: the basis of source health. */
export interface SourceReport {
  /** Stream id, as in `Event.stream`: for files the path of the live log. */
  readonly id: string;
  readonly type: string;
  readonly files: readonly string[];
  readonly hosts: readonly string[];
  /** Epoch ms of the first and last record that carried a time. */
  readonly first: number | null;
  readonly last: number | null;
  readonly records: number;
  readonly events: number;
  readonly rejected: number;
  /** The first few rejects with their places; `rejected` counts all. */
  readonly rejects: readonly Reject[];
  /** Bytes of an unfinished last record that are held back until it is complete. */
  readonly heldBack: number;
  /** Messages that the source itself says it lost. */
  readonly lost: number;
  /** Log level of sshd as far as its lines prove it. */
  readonly logLevel: 'verbose' | 'info' | 'unknown';
  readonly assumed: readonly ('zone' | 'year')[];
  readonly zone: string | null;
  /** Why the stream could not be read to its end; null where it could. */
  readonly error: string | null;
}
