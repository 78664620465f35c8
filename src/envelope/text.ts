import type { RejectCode } from '../model/event.ts';
import { JSON_LIMIT, TEXT_LIMIT } from './shape.ts';

export type TextResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: RejectCode; readonly detail: string };

const decoder = new TextDecoder('utf-8');
const BRACE = 0x7b;

/**
 * Bytes of one line → text. Bytes that are no UTF-8 become U+FFFD: a wrong byte in a user name must not hide
 * a login. NULs at either end are dropped (a power cut leaves blocks of them); NULs inside mean it is no text.
 */
export function decodeLine(bytes: Uint8Array, limit = limitOf(bytes)): TextResult {
  if (bytes.length > limit) return { ok: false, code: 'too-long', detail: `line of ${bytes.length} bytes` };
  const text = decoder.decode(trimNuls(bytes));
  if (text.includes('\0')) return { ok: false, code: 'not-text', detail: 'line holds NUL bytes' };
  return { ok: true, text: text.endsWith('\r') ? text.slice(0, -1) : text };
}

function limitOf(bytes: Uint8Array): number {
  return bytes[0] === BRACE ? JSON_LIMIT : TEXT_LIMIT;
}

function trimNuls(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && bytes[start] === 0) start++;
  while (end > start && bytes[end - 1] === 0) end--;
  return bytes.subarray(start, end);
}
