import { createHash, type Hash } from 'node:crypto';
import type { Problem } from '../../model/recording.ts';
import { count, plural } from '../text.ts';
import type { SessionMessage } from './message.ts';
import { createTranscript, type Transcript } from './transcript.ts';

/**
 * What is known of one session from its records: `transcript` as uploaded to a bucket, `text` the same as sent to a
 * log stream at the end, `stream` messages sent while it lasted, `output` of a command.
 */
export interface Tally {
  readonly form: 'transcript' | 'text' | 'stream' | 'output';
  readonly cloudSession: string;
  records: number;
  bytes: number;
  shows: boolean;
  /** Ends of a transcript that were seen. */
  begun: boolean;
  ended: boolean;
  /** Epoch ms of the first and last record, and their uncertainty. */
  first: number | null;
  last: number | null;
  resolution: number;
  target: string | null;
  account: string | null;
  /** Of the records' bytes. */
  readonly hash: Hash;
  readonly faults: Problem[];
  /** Faults beyond those kept. */
  more: number;
  /** File and time of the record before, for order. */
  before: { readonly place: string; readonly time: number } | null;
}

export function createTally(form: Tally['form'], cloudSession: string): Tally {
  return {
    form,
    cloudSession,
    records: 0,
    bytes: 0,
    shows: false,
    begun: false,
    ended: false,
    first: null,
    last: null,
    resolution: 1,
    target: null,
    account: null,
    hash: createHash('sha256'),
    faults: [],
    more: 0,
    before: null,
  };
}

export interface RecordPlace {
  readonly file: string;
  /** For a person: `line 3`. */
  readonly where: string;
  /** False where a file keeps no order of time: an export to a bucket is sorted in chunks only. */
  readonly ordered: boolean;
}

/** Takes a message of a streamed session. Account and target stay the same throughout a session. */
export function takeMessage(tally: Tally, message: SessionMessage, text: string, place: RecordPlace): void {
  takeRecord(tally, text);
  tally.shows ||= message.shows;
  if (tally.target !== null && message.target !== null && message.target !== tally.target)
    fault(tally, 'recording-altered', `it names target ${tally.target}, then ${message.target}`);
  if (tally.account !== null && message.account !== null && message.account !== tally.account)
    fault(tally, 'recording-altered', `it names account ${tally.account}, then ${message.account}`);
  tally.target ??= message.target;
  tally.account ??= message.account;
  if (message.time === null) return fault(tally, 'recording-altered', `${place.where} has no time`);
  checkOrder(tally, message.time, place);
  takeTime(tally, message.time, message.resolution);
}

/** Takes a part of a transcript, or of a command's output, that was sent to a log stream. */
export function takeText(tally: Tally, text: string, time: number | null, place: RecordPlace): void {
  takeRecord(tally, text);
  if (time !== null) takeTime(tally, time, 1);
  const transcript = createTranscript({ trimmed: true });
  transcript.push(Buffer.from(text));
  takeTranscript(tally, transcript.finish(), place.ordered);
}

/** Takes what a transcript shows; of several parts in order the first begins and the last ends it. */
export function takeTranscript(tally: Tally, part: Transcript, ordered: boolean): void {
  tally.begun ||= part.begun && (!ordered || tally.records <= 1);
  tally.ended = part.ended || (!ordered && tally.ended);
  tally.shows ||= part.shown > 0;
}

// Eight sentences show what is wrong with a recording.
const FAULTS_KEPT = 8;

/** Notes what is wrong with a session's records, each thing once. */
export function fault(tally: Tally, code: Problem['code'], detail: string): void {
  if (tally.faults.some((known) => known.detail === detail)) return;
  if (tally.faults.length < FAULTS_KEPT) tally.faults.push({ code, detail });
  else tally.more++;
}

/** The faults noted, and how many more there are. */
export function faultsOf(tally: Tally): readonly Problem[] {
  if (tally.more === 0) return tally.faults;
  return [
    ...tally.faults,
    { code: 'recording-altered', detail: `${plural(tally.more, 'more fault')} like these` },
  ];
}

function takeRecord(tally: Tally, text: string): void {
  tally.records++;
  tally.bytes += Buffer.byteLength(text);
  tally.hash.update(text).update('\n');
}

function takeTime(tally: Tally, time: number, resolution: number): void {
  tally.first = Math.min(tally.first ?? time, time);
  tally.last = Math.max(tally.last ?? time, time);
  tally.resolution = Math.max(tally.resolution, resolution);
}

// A clock is stepped by less when it is corrected, and the agent sends once a second.
const TOLERANCE_MS = 5_000;

function checkOrder(tally: Tally, time: number, { file, where, ordered }: RecordPlace): void {
  const { before } = tally;
  tally.before = { place: file, time };
  if (!ordered || before === null || before.place !== file || before.time - time <= TOLERANCE_MS) return;
  fault(tally, 'recording-altered', `time goes back by ${count(before.time - time)} ms at ${where}`);
}
