import { type Envelope, parseEnvelope } from '../../envelope/envelope.ts';
import { fieldText } from '../../envelope/journal.ts';
import type { RejectCode } from '../../model/event.ts';
import type { Line } from '../lines.ts';
import { type CutMessage, parseMessage, scanCutMessage, type TlogMessage } from './message.ts';

/** What one line of a log is to the tlog recorder. */
export type TlogLine =
  | {
      readonly kind: 'message';
      readonly message: TlogMessage;
      readonly text: string;
      readonly loggedBy: string | null;
    }
  /** A tlog message that breaks off, is damaged, or was exported without its text. */
  | { readonly kind: 'broken'; readonly how: 'cut' | 'damaged' | 'omitted'; readonly cut: CutMessage | null }
  | { readonly kind: 'refused'; readonly code: RejectCode; readonly detail: string }
  /** Anything else that a log may hold. */
  | { readonly kind: 'other' };

export interface LineContext {
  readonly zone: string;
  readonly now: number;
  /** True where the file holds bare tlog messages and nothing else is expected. */
  readonly dedicated: boolean;
}

const OTHER: TlogLine = { kind: 'other' };
const BARE = Buffer.from('{"ver":');
const EXPORTED = 'MESSAGE={"ver":';
const MARKS = [Buffer.from('timing'), Buffer.from('tlog-rec')];

/** Reads one line, bare JSON or inside any envelope of a log. Total: any bytes, no throw. */
export function readTlogLine(line: Line, context: LineContext): TlogLine {
  const bytes = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.length);
  const bare = context.dedicated || bytes.subarray(0, BARE.length).equals(BARE);
  // Nearly all lines of a shared log belong to other programs: two searches are cheaper than parsing them.
  if (!bare && !MARKS.some((mark) => bytes.includes(mark))) return OTHER;
  const text = line.tooLong ? null : decode(bytes);
  if (text === null) return unreadable(bytes, line, bare);
  if (text.trim() === '') return OTHER;
  // `journalctl -o export` writes one field per line; the kernel's word on the writer stands in another one.
  const own = text.startsWith(EXPORTED) ? text.slice(EXPORTED.length - BARE.length) : text;
  const message = own.startsWith('{') ? parseMessage(own) : null;
  if (message !== null) return { kind: 'message', message, text: own, loggedBy: null };
  return own.startsWith('{"ver":') ? broken(own, line.ended) : readEnveloped(text, line, context);
}

/** A line above the limit, or one that is no UTF-8, which tlog never writes: it was changed afterwards. */
function unreadable(bytes: Buffer, line: Line, bare: boolean): TlogLine {
  const cut = scanCutMessage(bytes.toString('latin1'));
  if (cut !== null) return { kind: 'broken', how: 'damaged', cut };
  if (!bare) return OTHER;
  return line.tooLong
    ? { kind: 'refused', code: 'too-long', detail: 'line above 1 MiB' }
    : { kind: 'refused', code: 'not-text', detail: 'no UTF-8' };
}

function readEnveloped(text: string, line: Line, context: LineContext): TlogLine {
  const parsed = parseEnvelope(text, { zone: context.zone, reference: context.now });
  if (!parsed.ok) return refuse(text, line, context, parsed);
  const { envelope } = parsed;
  if (envelope.ident !== null && !IDENT.test(envelope.ident)) return context.dedicated ? NOT_TLOG : OTHER;
  // journald's _COMM is the kernel's word: a message that claims to be tlog's came from another program.
  if (envelope.comm !== undefined && !envelope.comm.startsWith('tlog-rec')) return FORGED;
  const message = parseMessage(envelope.message);
  if (message !== null)
    return {
      kind: 'message',
      message: withSession(message, envelope),
      text: envelope.message,
      loggedBy: envelope.host,
    };
  if (envelope.message.startsWith('{"ver":')) return broken(envelope.message, line.ended);
  return omitted(envelope) ?? (context.dedicated ? NOT_TLOG : OTHER);
}

const IDENT = /^-?tlog-rec(?:-session)?$/;

const NOT_TLOG: TlogLine = { kind: 'refused', code: 'unknown-shape', detail: 'not a tlog message' };
const FORGED: TlogLine = {
  kind: 'refused',
  code: 'unparsed-message',
  detail: 'claims to be a tlog message and was written by another program',
};

/** The kernel's audit session fills in where tlog could not read one. */
function withSession(message: TlogMessage, envelope: Envelope): TlogMessage {
  return { ...message, session: message.session ?? envelope.auditSession ?? null };
}

/** `journalctl -o json` without `--all` prints fields above 4 KiB as null; the ids stand in fields of their own. */
function omitted(envelope: Envelope): TlogLine | null {
  const fields = envelope.fields ?? {};
  const [rec, id] = [fieldText(fields, 'TLOG_REC'), fieldText(fields, 'TLOG_ID')];
  if (rec === null || fields['MESSAGE'] !== null) return null;
  const cut = {
    rec,
    host: null,
    user: fieldText(fields, 'TLOG_USER'),
    session: envelope.auditSession ?? null,
  };
  return {
    kind: 'broken',
    how: 'omitted',
    cut: { ...cut, id: id === null ? null : Number.parseInt(id, 10) },
  };
}

function refuse(
  text: string,
  line: Line,
  context: LineContext,
  failed: { readonly code: RejectCode; readonly detail: string },
): TlogLine {
  const looksLikeMessage = text.includes('"ver\\":') && text.includes('"rec\\":');
  if (failed.code === 'bad-json' && looksLikeMessage) return broken(text, line.ended);
  if (!context.dedicated) return OTHER;
  return line.ended ? { kind: 'refused', code: failed.code, detail: failed.detail } : broken(text, false);
}

function broken(text: string, ended: boolean): TlogLine {
  const how = ended && text.trimEnd().endsWith('}') ? 'damaged' : 'cut';
  return { kind: 'broken', how, cut: scanCutMessage(text) };
}

const strict = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
