/**
 * SHA-256 (FIPS 180-4) whose state can be stored between two inspections, which node:crypto cannot do: the digest
 * of a recording in a growing file goes on where it stopped. The state is text of at most 64 + 126 + 16 digits.
 */
export interface Sha256 {
  readonly words: Int32Array;
  readonly block: Uint8Array;
  /** Bytes taken so far; exact up to 2^53. */
  length: number;
}

export function createSha256(): Sha256 {
  return { words: Int32Array.from(INITIAL), block: new Uint8Array(64), length: 0 };
}

export function updateSha256(hash: Sha256, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    const filled = hash.length % 64;
    const part = bytes.subarray(at, at + 64 - filled);
    hash.block.set(part, filled);
    hash.length += part.length;
    at += part.length;
    if (hash.length % 64 === 0) compress(hash.words, hash.block);
  }
}

/** The digest so far as 64 hex digits; the hash can go on afterwards. */
export function digestSha256(hash: Sha256): string {
  const last: Sha256 = { words: hash.words.slice(), block: hash.block.slice(), length: hash.length };
  const bits = BigInt(hash.length) * 8n;
  const padding = new Uint8Array(((119 - (hash.length % 64)) % 64) + 1 + 8);
  padding[0] = 0x80;
  new DataView(padding.buffer).setBigUint64(padding.length - 8, bits);
  updateSha256(last, padding);
  return wordsText(last.words);
}

/** The state as `words.block.length`. */
export function saveSha256(hash: Sha256): string {
  const block = Buffer.from(hash.block.subarray(0, hash.length % 64)).toString('hex');
  return `${wordsText(hash.words)}.${block}.${hash.length}`;
}

/** A saved state, or null where the text is none. */
export function loadSha256(text: string): Sha256 | null {
  const match = /^([0-9a-f]{64})\.((?:[0-9a-f]{2}){0,63})\.(\d{1,15})$/.exec(text);
  const [, words, block, length] = match ?? [];
  if (words === undefined || block === undefined || Number(length) % 64 !== block.length / 2) return null;
  const hash = createSha256();
  for (let i = 0; i < 8; i++) hash.words[i] = Number.parseInt(words.slice(i * 8, i * 8 + 8), 16);
  hash.block.set(Buffer.from(block, 'hex'));
  hash.length = Number(length);
  return hash;
}

function wordsText(words: Int32Array): string {
  return [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

// Fractional parts of the square roots of the first 8 primes and of the cube roots of the first 64.
const PRIMES = firstPrimes(64);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(prime ** (1 / 2)));
const ROUND = Int32Array.from(PRIMES.map((prime) => fraction(Math.cbrt(prime))));

function firstPrimes(wanted: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < wanted; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32) | 0;
}

const schedule = new Int32Array(64);

function compress(words: Int32Array, block: Uint8Array): void {
  const view = new DataView(block.buffer, block.byteOffset, 64);
  for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(i * 4);
  for (let i = 16; i < 64; i++) {
    const [early, late] = [word(schedule, i - 15), word(schedule, i - 2)];
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[i] = word(schedule, i - 16) + s0 + word(schedule, i - 7) + s1;
  }
  runRounds(words);
}

function runRounds(words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = [...words] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + word(ROUND, i) + word(schedule, i)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  const after = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) words[i] = word(words, i) + (after[i] ?? 0);
}

function word(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

function rotate(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}
