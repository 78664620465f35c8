import type { FileEntry } from '../files/entry.ts';
import type { Reject } from '../model/event.ts';
import type { Recording } from '../model/recording.ts';

/** Milliseconds: how long a sign of recording, its completeness and then its storage may take. */
export interface Grace {
  readonly start: number;
  readonly close: number;
  readonly store: number;
}

/** Files that together hold one or more recordings: one cast, one sudo I/O directory, a script with its timing. */
export interface Unit {
  /** Stable key of the unit: the path of its main file or directory. */
  readonly key: string;
  readonly files: readonly FileEntry[];
}

export interface InspectContext {
  /** Target that the folder names, else null. */
  readonly host: string | null;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Epoch ms now: nothing recorded can be younger. */
  readonly now: number;
  /** Declared file-name patterns, e.g. `{time}-{user}-{pid}`; the first that fits a base name counts. */
  readonly names: readonly string[];
  /** Declared sidecars: suffix that replaces the recording's own, and which fields mean what. */
  readonly sidecars: readonly Sidecar[];
  /** Resume state of an earlier inspection of the same unit, as this recorder returned it. */
  readonly previous: string | null;
}

export interface Sidecar {
  /** e.g. `.meta.json` beside `<name>.log`. */
  readonly suffix: string;
  /** Recording field → JSON key of the sidecar. */
  readonly fields: Readonly<
    Partial<Record<'account' | 'ip' | 'port' | 'tty' | 'auditSession' | 'opened' | 'id' | 'pid', string>>
  >;
}

export interface Inspection {
  readonly recordings: readonly Recording[];
  readonly rejects: readonly Reject[];
  /** Opaque state with which the next inspection can go on; null where it always starts over. */
  readonly state: string | null;
}

/** A recorder: what belongs to it, and what the bytes show. A folder under recorders/ and a line in registry.ts. */
export interface Recorder {
  readonly type: string;
  readonly title: string;
  /** `cloud` where it records sessions that a cloud's audit trail shows; the default is sessions on hosts. */
  readonly serves?: 'cloud';
  readonly grace: Grace;
  /** 0 … 1 that the file belongs to this recorder, from its path and first bytes. */
  recognise(file: FileEntry, head: Uint8Array): number;
  /** Groups recognised files, and companions beside them, into units. `siblings` are all files of the folder tree. */
  group(files: readonly FileEntry[], siblings: readonly FileEntry[]): readonly Unit[];
  /** Reads the unit's bytes. Never throws for content; an unreadable file is `recording-not-retrievable`. */
  inspect(unit: Unit, context: InspectContext): Promise<Inspection>;
}
