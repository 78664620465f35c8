import { JournalExportFramer } from './frame-journal-export.ts';
import { JsonMembersFramer } from './frame-json-members.ts';
import { JsonRecordsFramer } from './frame-json-records.ts';
import { JsonValuesFramer } from './frame-json-values.ts';
import { LineFramer } from './frame-lines.ts';

/** How bytes are cut into records; the same words as in a format. */
export type Framing = 'lines' | 'journal-export' | 'json-values' | 'json-members' | 'json-records';

/** Where reading stands in the (decompressed) content. */
export interface Position {
  readonly offset: number;
  /** 1-based: one more than the line feeds before the offset. */
  readonly line: number;
}

export interface FramedRecord extends Position {
  /** Without the terminator; empty where `tooLong`. May be a view of the chunk it came in: copy it to keep it. */
  readonly bytes: Uint8Array;
  readonly tooLong: boolean;
  /** Offset behind the record and its terminator. */
  readonly end: number;
  /** Records that were left out since the one before; see `LineSkim`. */
  readonly skipped?: number;
}

/** Tells lines of which a decoder would make nothing, so that they need not be cut out. */
export interface LineSkim {
  /** Whether the line at [from, to) of the chunk, without its terminator, can be left out. It may remember lines. */
  skips(chunk: Uint8Array, from: number, to: number): boolean;
}

/** Cuts chunks of one file into records: the same ones however the bytes are cut into chunks. Total: any bytes. */
export interface Framer {
  /** Records that end within the chunk. */
  push(chunk: Uint8Array): FramedRecord[];
  /** The unfinished last record; a record too long to hold is told as such. */
  end(): { readonly rest: FramedRecord | null };
  /** Where the unfinished record begins, or where the next one can begin: the place to resume from. */
  readonly at: Position;
}

export const START: Position = { offset: 0, line: 1 };

/** A framer for content that is read from the given place on. Only lines can be skimmed. */
export function createFramer(framing: Framing, startOffset = 0, startLine = 1, skim?: LineSkim): Framer {
  const start = { offset: startOffset, line: startLine };
  if (framing === 'lines') return new LineFramer(start, skim);
  return new FRAMERS[framing](start);
}

const FRAMERS = {
  'journal-export': JournalExportFramer,
  'json-values': JsonValuesFramer,
  'json-members': JsonMembersFramer,
  'json-records': JsonRecordsFramer,
} as const satisfies Record<Exclude<Framing, 'lines'>, new (start: Position) => Framer>;
