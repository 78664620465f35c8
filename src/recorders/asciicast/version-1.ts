import { count } from '../text.ts';
import { decodeHeader } from './header.ts';
import { note, type Tally } from './tally.ts';

// A version 1 cast is one JSON object and has to be held as a whole; recorders stopped writing it in 2018.
export const V1_LIMIT = 64 * 1024 * 1024;

// The parts of `duration` are rounded one by one; a second covers a hundred thousand of them.
const ROUNDING_MS = 1000;

/** Takes a version 1 cast: `stdout` holds `[delay, text]` pairs. Whatever is missing breaks the JSON. */
export function takeVersion1(tally: Tally, bytes: Uint8Array | null): void {
  if (bytes === null)
    return note(tally, 'recording-not-retrievable', 'a version 1 cast above 64 MiB is not read');
  const text = new TextDecoder().decode(bytes);
  const value = parseObject(text);
  const header = value === null ? null : decodeHeader(value);
  if (value === null || header?.version !== 1) {
    const cut = !text.trimEnd().endsWith('}');
    return note(
      tally,
      cut ? 'recording-truncated' : 'recording-altered',
      cut ? 'the JSON breaks off' : 'the JSON is damaged',
    );
  }
  tally.header = header;
  tally.headerText = JSON.stringify({ ...value, stdout: null, duration: null });
  takePairs(tally, value['stdout']);
  if (header.durationMs === null) return;
  const missingMs = header.durationMs - tally.lastMs;
  if (missingMs > ROUNDING_MS)
    note(
      tally,
      'recording-truncated',
      `the events end ${count(Math.round(missingMs))} ms before the stated duration`,
    );
}

function takePairs(tally: Tally, pairs: unknown): void {
  if (!Array.isArray(pairs)) return note(tally, 'recording-altered', 'stdout is no list');
  for (const pair of pairs) {
    const [delay, text] = Array.isArray(pair) ? [pair[0] as unknown, pair[1] as unknown] : [];
    if (typeof delay !== 'number' || !(delay >= 0) || typeof text !== 'string')
      note(tally, 'recording-altered', `event ${tally.events + 1} is no pair of delay and text`);
    else tally.lastMs += delay * 1000;
    tally.events++;
    tally.output++;
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
