/** One field of a protobuf message: a number, or the bytes of a text or of a message in it. */
export interface WireField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a protobuf message in their order (protobuf encoding: a tag of field number and wire type, then the
 * value). Total: it ends where the bytes no longer are one. Numbers beyond 2^53 are rounded, and none of those counts.
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    const tag = reader.varint();
    if (tag === null) return;
    const value = reader.value(tag % 8);
    if (value === null) return;
    yield { number: Math.floor(tag / 8), value };
  }
}

/** The bytes of the first field with this number that has some; null where there is none. */
export function bytesIn(message: Uint8Array | null, number: number): Uint8Array | null {
  const value = message === null ? undefined : findField(message, number);
  return value instanceof Uint8Array ? value : null;
}

export function numberIn(message: Uint8Array | null, number: number): number | null {
  const value = message === null ? undefined : findField(message, number);
  return typeof value === 'number' ? value : null;
}

// Names, addresses and ids are shorter: a longer one is none.
const LONGEST_TEXT = 1024;
const decoder = new TextDecoder('utf-8');

/** A text that is not empty; null where there is none. */
export function textIn(message: Uint8Array | null, number: number): string | null {
  const bytes = bytesIn(message, number);
  return bytes === null || bytes.length === 0 || bytes.length > LONGEST_TEXT ? null : decoder.decode(bytes);
}

function findField(message: Uint8Array, number: number): number | Uint8Array | undefined {
  for (const field of wireFields(message)) if (field.number === number) return field.value;
  return undefined;
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Seven bits a byte, the lowest first; ten bytes at most. */
  varint(): number | null {
    let value = 0;
    for (let place = 0; place < 10; place++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) * 128 ** place;
      if (byte < 0x80) return value;
    }
    return null;
  }

  value(wireType: number): number | Uint8Array | null {
    if (wireType === 0) return this.varint();
    if (wireType === 1) return this.#take(8);
    if (wireType === 5) return this.#take(4);
    const length = wireType === 2 ? this.varint() : null;
    return length === null ? null : this.#take(length);
  }

  #take(length: number): Uint8Array | null {
    if (length > this.#bytes.length - this.at) return null;
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}
