import { MESSAGE_LIMIT } from './framer.ts';

/** Messages as lines of a log. */
export interface Lines {
  /** Every line with its line feed. */
  readonly bytes: Uint8Array;
  /** How many messages were cut because escaping made them too long. */
  readonly cut: number;
  /** Lines; empty messages are none. */
  readonly count: number;
}

const NUL = 0;
const LF = 10;
const CR = 13;

/**
 * One line per message, as it came. A line feed or NUL within a message is written as rsyslog writes it (`#012`,
 * `#000`): a message must not become two lines, the second of which its writer would have made up.
 */
export function toLines(messages: readonly Uint8Array[]): Lines {
  const lines: Uint8Array[] = [];
  let cut = 0;
  let count = 0;
  for (const message of messages) {
    const text = withoutEnd(message);
    if (text.length === 0) continue;
    const escaped = escape(text);
    // One byte less than the limit of a line that is read, for its line feed.
    if (escaped.length > MESSAGE_LIMIT) cut += 1;
    lines.push(escaped.subarray(0, MESSAGE_LIMIT), END);
    count += 1;
  }
  return { bytes: Buffer.concat(lines), cut, count };
}

/** Senders end messages with a line feed, a carriage return or a NUL, which belong to no message. */
function withoutEnd(message: Uint8Array): Uint8Array {
  let end = message.length;
  while (end > 0 && isEnd(message[end - 1])) end -= 1;
  return message.subarray(0, end);
}

function isEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR || byte === NUL;
}

function escape(text: Uint8Array): Uint8Array {
  if (!text.includes(LF) && !text.includes(NUL)) return text;
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte !== LF && byte !== NUL) continue;
    parts.push(text.subarray(from, at), byte === LF ? ESCAPED_LF : ESCAPED_NUL);
    from = at + 1;
  }
  return Buffer.concat([...parts, text.subarray(from)]);
}

const END = new Uint8Array([LF]);
const ESCAPED_LF = Buffer.from('#012');
const ESCAPED_NUL = Buffer.from('#000');
