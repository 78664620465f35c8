import { parseIsoTime } from '../../envelope/time.ts';

/** One message of a streamed session, without what it holds. */
export interface SessionMessage {
  readonly session: string;
  /** Epoch ms; null where it names none that can be read. */
  readonly time: number | null;
  readonly resolution: number;
  /** Instance, managed node or `ecs:CLUSTER_TASK_RUNTIME`. */
  readonly target: string | null;
  /** `runAsUser`: the account of the shell. */
  readonly account: string | null;
  /** True where a line of its data is more than white space. */
  readonly shows: boolean;
}

/** Reads a message as the agent streams it; null where the value is none. */
export function decodeMessage(value: unknown): SessionMessage | null {
  if (!isObject(value)) return null;
  const session = readText(value['sessionId'], SESSION)?.replaceAll(':', '') ?? null;
  const lines: unknown = value['sessionData'];
  if (session === null || !Array.isArray(lines)) return null;
  const eventTime = readText(value['eventTime'], /^[\d.:TZ+-]{1,40}$/);
  const time = eventTime === null ? null : parseIsoTime(eventTime, { zone: 'UTC', reference: 0 });
  const target = isObject(value['target']) ? value['target']['id'] : null;
  return {
    session,
    time: time?.time ?? null,
    resolution: time?.resolution ?? 1000,
    target: readText(target, NAME),
    account: readText(value['runAsUser'], NAME),
    shows: lines.some((line) => typeof line === 'string' && line.trim() !== ''),
  };
}

/** One event of a log group, as the API of CloudWatch Logs gives it; null where the value is none. */
export function decodeLogEvent(value: unknown): LogEvent | null {
  if (!isObject(value) || typeof value['message'] !== 'string') return null;
  const { timestamp, logStreamName } = value as { timestamp?: unknown; logStreamName?: unknown };
  // Between 1973 and 5138, milliseconds.
  const known = typeof timestamp === 'number' && timestamp > 1e11 && timestamp < 1e14;
  return {
    stream: typeof logStreamName === 'string' ? logStreamName : null,
    time: known ? timestamp : null,
    text: value['message'],
  };
}

export interface LogEvent {
  /** Name of its stream, where it is told. */
  readonly stream: string | null;
  /** Epoch ms: when the agent sent it. */
  readonly time: number | null;
  readonly text: string;
}

/** A value from JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// The API allows 96 characters; names and ids of what is recorded have 255 at most, and no
// characters that a terminal would obey.
const SESSION = /^[\w+=,.@:-]{1,128}$/;
const NAME = /^[\x21-\x7e\u00a1-\uffff]{1,255}$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(value: unknown, form: RegExp): string | null {
  return typeof value === 'string' && form.test(value) ? value : null;
}
