import type { RejectCode } from '../model/event.ts';

/** The outer form of one log record: who wrote it, when and where; its message stands untouched. */
export interface Envelope {
  /** Epoch ms; the fraction keeps microseconds. */
  readonly time: number;
  /** Milliseconds: the true instant lies in [time, time + resolution). */
  readonly resolution: number;
  /** What the record did not say about its time and the options supplied. */
  readonly assumed: readonly ('zone' | 'year')[];
  readonly host: string | null;
  /** Program name without its path; for journald SYSLOG_IDENTIFIER, which the writer chose freely. */
  readonly ident: string | null;
  /** For journald the kernel's `_PID`, which a writer cannot choose. */
  readonly pid: number | null;
  /** As the file has it: sshd has already escaped control characters (`\n`, `\303\274`). */
  readonly message: string;
  /** journald `_AUDIT_SESSION`; absent where unset. */
  readonly auditSession?: number;
  readonly bootId?: string;
  /** journald `_UID`: real uid of the writing process. */
  readonly uid?: number;
  /** journald `_COMM`: name of the process that really wrote the record. */
  readonly comm?: string;
  readonly messageId?: string;
  /** The whole journald record; read it with `fieldText`. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface EnvelopeOptions {
  /** IANA zone of times that name none. */
  readonly zone: string;
  /** Epoch ms that no record can be younger than (a day of slack is added): settles years that are not written. */
  readonly reference: number;
}

export type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly code: RejectCode; readonly detail: string };

/** rsyslog cuts messages at 8 KiB by default and sshd at 500 bytes: 64 KiB is eight times the longest real line. */
export const TEXT_LIMIT = 64 * 1024;
/** journald fields may hold 768 KiB (sd-journal's default), base for one record with its other fields. */
export const JSON_LIMIT = 1024 * 1024;

export function reject(code: RejectCode, detail: string): EnvelopeResult {
  return { ok: false, code, detail };
}
