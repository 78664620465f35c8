import type { Problem } from '../../model/recording.ts';
import { createSha256, type Sha256, updateSha256 } from '../sha256.ts';
import { count } from '../text.ts';
import type { CutMessage, TlogMessage } from './message.ts';
import { createSeenIds, type SeenIds, seeId } from './seen-ids.ts';
import type { TimingSums } from './timing.ts';

/** What the messages of one recording add up to; grows message by message and can be stored in between. */
export interface Accumulator {
  readonly rec: string;
  readonly host: string;
  /** Host that the log around the messages names, where one does. */
  loggedBy: string | null;
  user: string | null;
  session: number | null;
  terminal: boolean | null;
  readonly seen: SeenIds;
  /** Message with the lowest id so far. */
  first: Moment | null;
  /** Message with the highest id so far. */
  last: Moment | null;
  /** Epoch ms of the latest event. */
  closed: number | null;
  /** Recorded input and output: characters and binary bytes. */
  input: number;
  output: number;
  messages: number;
  bytes: number;
  readonly sha: Sha256;
  /** What was found wrong for good; gaps are not among them, because a late message may still fill them. */
  readonly faults: Problem[];
  /** Faults beyond those kept. */
  moreFaults: number;
  /** Fingerprints of the files that held its messages. */
  files: string[];
}

export interface Moment {
  readonly id: number;
  readonly pos: number;
  readonly time: number | null;
}

// Eight sentences show what is wrong; a recording damaged everywhere would otherwise fill the store.
const FAULTS_KEPT = 8;
// A recording rarely spans more than one rotation; older files are past judging.
const FILES_KEPT = 4;
// Clocks are adjusted by steps below a second; the position comes from a clock that is never set.
const DRIFT_MS = 2000;

export function createAccumulator(rec: string, host: string): Accumulator {
  return {
    rec,
    host,
    loggedBy: null,
    user: null,
    session: null,
    terminal: null,
    seen: createSeenIds(),
    first: null,
    last: null,
    closed: null,
    input: 0,
    output: 0,
    messages: 0,
    bytes: 0,
    sha: createSha256(),
    faults: [],
    moreFaults: 0,
    files: [],
  };
}

/** Adds a message with its text as the recorder wrote it. Redelivered messages change nothing. */
export function addMessage(
  into: Accumulator,
  message: TlogMessage,
  raw: { readonly bytes: Uint8Array; readonly digest: string; readonly loggedBy: string | null },
): void {
  into.loggedBy ??= raw.loggedBy;
  const sighting = seeId(into.seen, message.id, raw.digest);
  if (sighting === 'redelivered') return;
  if (sighting === 'conflicting')
    return fault(into, `message id ${message.id} occurs twice with different content`);
  if (sighting === 'too-old')
    return fault(into, `message id ${message.id} occurs again too late to be compared with the first`);
  checkIdentity(into, message);
  checkClock(into, message);
  checkContent(into, message);
  addSums(into, message, raw.bytes);
}

/** Notes that a line of this recording breaks off: what it names may be all that is known. */
export function noteCut(into: Accumulator, cut: CutMessage): void {
  into.user ??= cut.user;
  into.session ??= cut.session;
}

export function noteFile(into: Accumulator, file: string): void {
  if (into.files.at(-1) === file) return;
  into.files = [...into.files.filter((known) => known !== file), file].slice(-FILES_KEPT);
}

/** Notes that something is wrong with the recording's content. */
export function fault(into: Accumulator, detail: string, code: Problem['code'] = 'recording-altered'): void {
  if (into.faults.some((known) => known.code === code && known.detail === detail)) return;
  if (into.faults.length < FAULTS_KEPT) into.faults.push({ code, detail });
  else into.moreFaults++;
}

function checkIdentity(into: Accumulator, message: TlogMessage): void {
  if (into.user !== null && into.user !== message.user)
    fault(into, `the account changes from ${into.user} to ${message.user} at message id ${message.id}`);
  if (into.session !== null && message.session !== null && into.session !== message.session)
    fault(
      into,
      `the audit session changes from ${into.session} to ${message.session} at message id ${message.id}`,
    );
  into.user ??= message.user;
  into.session ??= message.session;
}

function checkClock(into: Accumulator, message: TlogMessage): void {
  const { first, last } = into;
  if (last !== null && message.id > last.id && message.pos < last.pos)
    fault(
      into,
      `the position goes back from ${count(last.pos)} to ${count(message.pos)} ms at message id ${message.id}`,
    );
  if (first === null || first.time === null || message.time === null) return;
  const driftMs = message.time - message.pos - (first.time - first.pos);
  if (Math.abs(driftMs) > DRIFT_MS)
    fault(into, `time and position disagree by ${count(Math.abs(driftMs))} ms at message id ${message.id}`);
}

function checkContent(into: Accumulator, message: TlogMessage): void {
  const { timing } = message;
  if (timing === null) return fault(into, `the timing of message id ${message.id} is in no known form`);
  for (const [what, counted, found] of comparisons(timing, message)) {
    if (counted !== found)
      fault(
        into,
        `timing counts ${count(counted)} ${what} in message id ${message.id}, which has ${count(found)}`,
      );
  }
}

function comparisons(
  timing: TimingSums,
  message: TlogMessage,
): readonly (readonly [string, number, number])[] {
  return [
    ['input characters', timing.inputChars, message.inputChars],
    ['output characters', timing.outputChars, message.outputChars],
    ['binary input bytes', timing.inputBytes, message.inputBytes],
    ['binary output bytes', timing.outputBytes, message.outputBytes],
  ];
}

function addSums(into: Accumulator, message: TlogMessage, bytes: Uint8Array): void {
  const { id, pos, time, timing } = message;
  if (into.first === null || id < into.first.id) into.first = { id, pos, time };
  if (into.last === null || id > into.last.id) into.last = { id, pos, time };
  if (time !== null) into.closed = Math.max(into.closed ?? 0, time + (timing?.delayMs ?? 0));
  into.terminal = into.terminal === true || message.term !== '' || (timing?.windows ?? 0) > 0;
  into.input += message.inputChars + message.inputBytes;
  into.output += message.outputChars + message.outputBytes;
  into.messages++;
  into.bytes += bytes.length + 1;
  updateSha256(into.sha, bytes);
  updateSha256(into.sha, LINE_FEED);
}

const LINE_FEED = Uint8Array.of(10);
