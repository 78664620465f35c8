import type { Origin, Ref } from './event.ts';

export type RecordingState =
  | 'complete'
  | 'incomplete'
  | 'empty'
  | 'no-content'
  | 'corrupt'
  | 'altered'
  | 'missing';

export type EvidenceClass = 'E0' | 'E1' | 'E2' | 'E3' | 'E4' | 'E5';

/** Check ids that an inspection can give; see rules/recording. */
export type RecordingProblemCode =
  | 'recording-truncated'
  | 'recording-gap'
  | 'recording-not-closed'
  | 'recording-empty'
  | 'recording-altered'
  | 'recording-duplicate'
  | 'recording-deleted-early'
  | 'recording-not-retrievable'
  | 'recording-metadata-incomplete'
  | 'recording-owner-writable'
  | 'recording-failed'
  | 'recording-disabled';

export interface Problem {
  readonly code: RecordingProblemCode;
  /** The exact problem with its numbers, e.g. "timing says 1,204 bytes and ttyout has 1,100". Never content. */
  readonly detail: string;
}

/** Ids usable for joining, as the recorder wrote them. */
export interface RecordingIds {
  readonly auditSession?: number;
  readonly bootId?: string;
  /** Process id of the recorder: near the session's user child where the session started it. */
  readonly pid?: number;
  /** Outer terminal without `/dev/`. */
  readonly tty?: string;
  /** Full sudo TSID (path digits below the I/O log root), e.g. `000001`. */
  readonly tsid?: string;
  /** I/O log directory below its root, e.g. `00/00/01` or `labalice/20261122-104513-2EvwTk`. */
  readonly iologPath?: string;
  /** The recorder's own id of the recording, e.g. tlog `rec`. */
  readonly id?: string;
  /** Id of a cloud session; see `SessionIds.cloudSession`. */
  readonly cloudSession?: string;
}

/** One recorded session as its recorder describes it, plus what inspection of its bytes shows. */
export interface Recording {
  /** `rec_…`, made from what the recorder wrote first: stable while the recording grows. */
  readonly uid: string;
  readonly recorder: string;
  readonly state: RecordingState;
  /** True where the recorder's own end marker was seen. */
  readonly endProven: boolean;
  /** True where the format has an end marker at all: then its absence means something. */
  readonly hasEndMarker: boolean;
  readonly problems: readonly Problem[];
  /** Epoch ms of the recorder's start, by the recorder's clock. */
  readonly opened: number | null;
  /** Epoch ms of the end marker, or of the last recorded activity where there is none. */
  readonly closed: number | null;
  /** Milliseconds: uncertainty of `opened` (1000 where the format keeps whole seconds). */
  readonly resolution: number;
  /** `['zone']` where `opened` was written without a zone and the configured one was supplied; else absent or empty. */
  readonly assumed?: readonly 'zone'[];
  readonly durationMs: number | null;
  readonly bytes: number;
  readonly events: number;
  readonly sha256: string | null;
  readonly evidence: EvidenceClass;
  /** `elevation` for sudo I/O logs; `session` for recorders of login sessions. */
  readonly covers: 'session' | 'elevation';
  /** `session` where the format is only ever started by the session's own start (tlog login shell, sudo). */
  readonly launch: 'session' | 'unknown';
  readonly target: string | null;
  readonly reportedHost: string | null;
  /** Account recorded; for sudo the account that was switched to. */
  readonly account: string | null;
  readonly actor: string | null;
  readonly origin: Origin | null;
  /** True/false where the recorder shows whether a terminal was attached. */
  readonly terminal: boolean | null;
  /** Executable of an elevation, without arguments. */
  readonly command: string | null;
  readonly ids: RecordingIds;
  /** Owner and mode of the file that holds it; null where unknown. */
  readonly owner: { readonly uid: number; readonly mode: number } | null;
  /** File or container that holds it, for a person. */
  readonly ref: Ref;
}
