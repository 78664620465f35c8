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

/** A framer for content that is read from the given place on. */
export function createFramer(framing: Framing, startOffset = 0, startLine = 1): Framer {
  return new FRAMERS[framing]({ offset: startOffset, line: startLine });
}

const FRAMERS = {
  lines: LineFramer,
  'journal-export': JournalExportFramer,
  'json-values': JsonValuesFramer,
  'json-members': JsonMembersFramer,
  'json-records': JsonRecordsFramer,
} as const satisfies Record<Framing, new (start: Position) => Framer>;
