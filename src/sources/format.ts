import type { LineSkim } from '../files/framing.ts';
import type { Parsed } from '../model/event.ts';

/** Where a record stands. */
export interface RecordPlace {
  /** Id of the file's content (made from its first record), so that a renamed or copied log gives equal uids. */
  readonly content: string;
  /** Byte offset of the record in the (decompressed) file. */
  readonly offset: number;
  /** 1-based line of the record. */
  readonly line: number;
  /** Position in the stream across rotated files; breaks ties of equal time. */
  readonly seq: number;
  /** File for a person, e.g. `web01/auth.log.1`. */
  readonly file: string;
}

export interface FormatContext {
  /** Stream the records belong to. */
  readonly stream: string;
  /** Target that the folder names (`hosts/<name>/`), else null: then the record's host counts. */
  readonly host: string | null;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Epoch ms: no record can be younger than this (for years that are not written). */
  readonly reference: number;
}

/** How bytes are cut into records. */
export type Framing = 'lines' | 'journal-export' | 'json-values' | 'json-members' | 'json-records';

/** Turns one record into events. Total: any bytes, no throw, nothing dropped silently. */
export interface Decoder {
  decode(record: Uint8Array, place: RecordPlace): Parsed;
}

/** A format of a source: pure, without input or output. A folder under sources/ and a line in registry.ts. */
export interface Format {
  readonly type: string;
  readonly title: string;
  /**
   * `log` (the default): a file that grows and is rotated. `objects`: many files, each complete when it appears and
   * never changed; files of one `streamOf` make one stream, in whatever order they come.
   */
  readonly layout?: 'log' | 'objects';
  /** For `objects`: the stream that a file belongs to, from its name; null where the name does not tell. */
  streamOf?(name: string): string | null;
  /** Log source of rules that are written for this format's own records; see `Parsed.screen`. */
  readonly screened?: { readonly product: string; readonly service: string };
  /** For line formats: what leaves lines out that decoding would make nothing of; one for each file that is read. */
  createSkim?(): LineSkim;
  /** Framing for a file that begins with these bytes. */
  framing(head: Uint8Array): Framing;
  /** 0 (cannot be) … 1 (certain) that a file beginning with these bytes is in this format. */
  recognise(head: Uint8Array): number;
  create(context: FormatContext): Decoder;
}
