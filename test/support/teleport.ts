import { gzipSync } from 'node:zlib';

/**
 * Writes recordings of Teleport as its own message definitions and stream format describe them: parts with a header, a
 * compressed body of length-prefixed events, and padding.
 */
export const SID = '5b7c0f7e-3a51-4c1f-9d6e-2f5f0f0c8a11';
export const OPENED = Date.parse('2026-11-22T10:00:00.010Z');

type Field = readonly [number: number, value: number | string | Uint8Array];

export function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8), varint(value)];
      const bytes = Buffer.from(value);
      return [varint(number * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Uint8Array.from([...bytes, left]);
}

/** One event as its part holds it; the number of the field in `OneOf` tells nothing. */
export function event(index: number, type: string, atMs: number, ...fields: readonly Field[]): Uint8Array {
  const time = message([1, Math.floor(atMs / 1000)], [2, (atMs % 1000) * 1_000_000]);
  const metadata = message(...(index === 0 ? [] : [[1, index] as const]), [2, type], [5, time]);
  return message([7, message([1, metadata], ...fields)]);
}

const USER = message([1, 'alice'], [2, 'root']);
const SERVER = message([2, 'f47ac10b-58cc-4372-a567-0e02b2c3d479'], [3, 'web01']);
const CONNECTION = message([1, '10.20.0.11:3022'], [2, '10.30.4.7:51044']);

export function start(options: { readonly sid?: string; readonly size?: string } = {}): Uint8Array {
  const size = options.size ?? '80:24';
  return event(
    0,
    'session.start',
    OPENED,
    [2, USER],
    [3, message([1, options.sid ?? SID])],
    [4, SERVER],
    [5, CONNECTION],
    ...(size === '' ? [] : [[6, size] as const]),
  );
}

export function print(index: number, text: string, atMs = OPENED + index * 100): Uint8Array {
  return event(index, 'print', atMs, [2, index - 1], [3, text], [4, text.length]);
}

export function end(index: number, options: { readonly interactive?: boolean } = {}): Uint8Array {
  const interactive = options.interactive ?? true;
  return event(
    index,
    'session.end',
    OPENED + 60_000,
    [2, USER],
    [3, message([1, SID])],
    [4, CONNECTION],
    [5, SERVER],
    ...(interactive ? [[7, 1] as const] : []),
  );
}

export interface PartOptions {
  readonly padding?: number;
  readonly version?: number;
  readonly flags?: number;
  /** The body as it stands in the file, in place of the compressed events. */
  readonly body?: Uint8Array;
}

export function part(events: readonly Uint8Array[], options: PartOptions = {}): Uint8Array {
  const { padding = 0, version = 1, flags = 0 } = options;
  const body = options.body ?? gzipSync(framed(events));
  const header = Buffer.alloc(version === 1 ? 24 : 32);
  header.writeBigUInt64BE(BigInt(version), 0);
  header.writeBigUInt64BE(BigInt(body.length), 8);
  header.writeBigUInt64BE(BigInt(padding), 16);
  if (version !== 1) header[24] = flags;
  return Buffer.concat([header, body, Buffer.alloc(padding)]);
}

export function framed(events: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    events.flatMap((one) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(one.length);
      return [length, one];
    }),
  );
}

/** The last part of `recording()`: where it begins is where the last whole record of the file does. */
export const LAST_PART = part([print(4, 'logout\r\n'), end(5)]);

/** A whole recording in two parts. */
export function recording(): Uint8Array {
  const shown = [1, 2, 3].map((index) => print(index, `$ id\r\nuid=0(root) ${index}\r\n`));
  return Buffer.concat([part([start(), ...shown], { padding: 64 }), LAST_PART]);
}
