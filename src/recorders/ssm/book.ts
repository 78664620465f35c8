import { createHash } from 'node:crypto';
import type { Reject, RejectCode } from '../../model/event.ts';
import type { Problem } from '../../model/recording.ts';
import { Rejects } from '../rejects.ts';
import { baseName } from '../text.ts';
import { decodeLogEvent, decodeMessage, type LogEvent, parseJson, type SessionMessage } from './message.ts';
import { findStream, type SsmPlace } from './names.ts';
import {
  createTally,
  fault,
  type RecordPlace,
  type Tally,
  takeMessage,
  takeText,
  takeTranscript,
} from './tally.ts';
import type { Transcript } from './transcript.ts';

// A file that names more sessions than a fleet opens in months is no record of them; a tally takes 1 KiB.
const SESSIONS_KEPT = 10_000;
// A record sent again comes soon after the first; 10,000 digests take about 1 MiB.
const SEEN_KEPT = 10_000;

/** Sorts the records of one unit by session, whatever file and form they come in. */
export class Book {
  readonly #named: Pick<SsmPlace, 'kind' | 'cloudSession'> | null;
  readonly #tallies = new Map<string, Tally>();
  readonly #rejects = new Rejects();
  readonly #seen = new Set<string>();

  /** `named` is what the unit's own path names: the stream of records that name none. */
  constructor(named: Pick<SsmPlace, 'kind' | 'cloudSession'> | null) {
    this.#named = named;
  }

  get tallies(): readonly Tally[] {
    return [...this.#tallies.values()];
  }

  get rejects(): readonly Reject[] {
    return this.#rejects.list();
  }

  /** Takes one JSON value and its text: a session's message, or an event of a log group that holds one. */
  takeValue(value: unknown, text: string, place: RecordPlace): Problem | null {
    const message = decodeMessage(value);
    if (message !== null) return this.#takeMessage(message, text, this.#named, place);
    const event = decodeLogEvent(value);
    if (event !== null) return this.takeEvent(event, place);
    return { code: 'recording-altered', detail: `${place.where} is no message of a session` };
  }

  /** Takes an event of a log group; gives a problem that concerns the whole file, else null. */
  takeEvent(event: LogEvent, place: RecordPlace): Problem | null {
    const stream = event.stream === null ? this.#named : findStream(event.stream);
    const message = event.text.startsWith('{') ? decodeMessage(parseJson(event.text)) : null;
    if (message !== null) return this.#takeMessage(message, event.text, stream, place);
    if (stream === null) return this.#reject('unparsed-message', place);
    if (BROKEN.test(event.text) && stream.kind === 'session')
      return this.#faultIn(stream.cloudSession, `${place.where} is cut or changed`);
    const tally = this.#tally(stream.kind === 'command' ? 'output' : 'text', stream.cloudSession);
    if (tally === null) return this.#reject('too-long', place);
    if (this.#isNew(stream.cloudSession, event.text)) takeText(tally, event.text, event.time, place);
    return null;
  }

  /** Adds a transcript as it was uploaded; `fallback` names its session where the unit does not. */
  addTranscript(fallback: string, found: Transcript): void {
    const tally = this.#tally('transcript', this.#named?.cloudSession ?? fallback);
    if (tally !== null) takeTranscript(tally, found, true);
  }

  /** The session's tally in this form, made where there is none; null beyond the limit. */
  #tally(form: Tally['form'], cloudSession: string): Tally | null {
    const key = `${form} ${cloudSession}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    if (this.#tallies.size >= SESSIONS_KEPT) return null;
    const tally = createTally(form, cloudSession);
    // The id of a command's output ends with the instance.
    if (form === 'output') tally.target = baseName(cloudSession);
    this.#tallies.set(key, tally);
    return tally;
  }

  #takeMessage(
    message: SessionMessage,
    text: string,
    stream: Pick<SsmPlace, 'kind' | 'cloudSession'> | null,
    place: RecordPlace,
  ): null {
    const tally = this.#tally('stream', message.session);
    if (tally === null) return this.#reject('too-long', place);
    if (!this.#isNew(message.session, text)) return null;
    // Whoever may write to a log group can put messages into any stream.
    if (stream !== null && stream.cloudSession !== message.session)
      fault(tally, 'recording-altered', `its messages stand under the name of ${stream.cloudSession}`);
    takeMessage(tally, message, text, place);
    return null;
  }

  #faultIn(cloudSession: string, detail: string): null {
    const tally = this.#tally('stream', cloudSession);
    if (tally !== null) fault(tally, 'recording-altered', detail);
    return null;
  }

  #reject(code: RejectCode, { file, where }: RecordPlace): null {
    const detail = code === 'too-long' ? 'more sessions than are kept' : 'a log event of no session';
    this.#rejects.add({ code, detail, ref: { source: file, record: where } });
    return null;
  }

  /** The agent sends a batch again after an error, and exports may overlap: a record counts once. */
  #isNew(session: string, text: string): boolean {
    const digest = createHash('sha256').update(session).update('\0').update(text).digest('base64');
    if (this.#seen.has(digest)) return false;
    if (this.#seen.size >= SEEN_KEPT) this.#seen.clear();
    this.#seen.add(digest);
    return true;
  }
}

// How every message of a streamed session begins.
const BROKEN = /^\{"eventVersion":/;
