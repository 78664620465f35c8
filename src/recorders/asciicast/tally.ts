import type { Problem } from '../../model/recording.ts';
import type { Line } from '../lines.ts';
import { count } from '../text.ts';
import { type CastHeader, decodeHeader } from './header.ts';

/** What the lines of a cast add up to; content is counted and dropped. */
export interface Tally {
  header: CastHeader | null;
  /** First line as written: the recording's identity. */
  headerText: string;
  events: number;
  output: number;
  input: number;
  /** Milliseconds from the start to the last event. */
  lastMs: number;
  /** True where the last event so far is the exit. */
  exited: boolean;
  lines: number;
  readonly problems: Problem[];
  /** Faults beyond those kept. */
  more: number;
}

// Eight sentences show what is wrong with a cast.
const PROBLEMS_KEPT = 8;

export function createTally(): Tally {
  return {
    header: null,
    headerText: '',
    events: 0,
    output: 0,
    input: 0,
    lastMs: 0,
    exited: false,
    lines: 0,
    problems: [],
    more: 0,
  };
}

/** Takes one line of a version 2 or 3 cast. A last line without line feed that is whole loses nothing. */
export function takeLine(tally: Tally, line: Line): void {
  tally.lines++;
  const text = Buffer.from(line.bytes).toString('utf8');
  if (line.tooLong)
    return note(tally, 'recording-gap', `line ${tally.lines} is above 1 MiB and was not read`);
  if (text.trim() === '') return;
  const value = parseJson(text);
  if (tally.header === null) return takeHeader(tally, text, value, line.ended);
  // Version 3 allows comments.
  if (text.startsWith('#')) return;
  if (value !== undefined) return takeEvent(tally, value);
  if (line.ended) note(tally, 'recording-altered', `line ${tally.lines} is no event`);
  else note(tally, 'recording-truncated', `line ${tally.lines} breaks off at the end of the file`);
}

function takeHeader(tally: Tally, text: string, value: unknown, ended: boolean): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const header = isObject ? decodeHeader({ ...value }) : null;
  if (header !== null && header.version !== 1) {
    tally.header = header;
    tally.headerText = text.trim();
    return;
  }
  if (tally.lines > 1) return;
  if (ended) note(tally, 'recording-altered', 'the first line is no asciicast header');
  else note(tally, 'recording-truncated', 'the header breaks off');
}

/** Events are `[time, code, data]`: time since the start in version 2, since the event before in version 3. */
export function takeEvent(tally: Tally, value: unknown): void {
  const [time, code] = Array.isArray(value) ? [value[0] as unknown, value[1] as unknown] : [];
  if (typeof time !== 'number' || !Number.isFinite(time) || typeof code !== 'string')
    return note(tally, 'recording-altered', `line ${tally.lines} is no event`);
  const ms = tally.header?.version === 3 ? tally.lastMs + time * 1000 : time * 1000;
  if (time < 0 || ms < tally.lastMs)
    note(
      tally,
      'recording-altered',
      `time goes back by ${count(Math.round(tally.lastMs - ms))} ms at line ${tally.lines}`,
    );
  tally.lastMs = Math.max(tally.lastMs, ms);
  tally.events++;
  tally.exited = code === 'x';
  if (code === 'o') tally.output++;
  if (code === 'i') tally.input++;
}

export function note(tally: Tally, code: Problem['code'], detail: string): void {
  if (tally.problems.length < PROBLEMS_KEPT) tally.problems.push({ code, detail });
  else tally.more++;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
