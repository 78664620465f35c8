import type { DestinationStream, Logger } from 'pino';
import pino from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Where lines go; standard error by default, so that the output of commands stays clean. */
  readonly destination?: DestinationStream;
}

/**
 * The log: JSON lines. Messages are static strings, what varies is in fields: they can be counted and searched, and
 * a name from somebody's log cannot pose as a message. Written synchronously, so that the last line before a crash
 * is there.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: toLoggedError, error: toLoggedError, cause: toLoggedError },
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
    },
    destination,
  );
}

/**
 * Field names that hold secrets, and those that could hold what somebody typed. The second line of defence: secrets
 * are wrapped and content is not passed on in the first place.
 */
const SECRET_FIELDS = [
  'secret',
  'password',
  'pass',
  'passphrase',
  'token',
  'authorization',
  'cookie',
  'privateKey',
  'url',
  'line',
  'record',
  'content',
  'command',
  'args',
];

/** pino's wildcards stand for one level each; the fields of a log line are nested two deep at most. */
const SECRET_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** Causes that are followed: config error → file error → system error. */
const MAX_CAUSES = 3;

interface LoggedError {
  readonly type: string;
  readonly code?: string | number;
  readonly message?: string;
  readonly stack?: readonly string[];
  readonly cause?: LoggedError;
}

/**
 * What of an error is logged: no field that a library added, such as the dialogue with a mail server. The message of
 * a SyntaxError is left out, because JSON.parse quotes the text that it could not parse.
 */
export function toLoggedError(error: unknown, depth: number = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : null;
  return {
    type: error.name,
    ...(code === null ? {} : { code }),
    ...(error instanceof SyntaxError ? {} : { message: error.message }),
    stack: frames(error),
    ...(error.cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: toLoggedError(error.cause, depth + 1) }),
  };
}

/** Ten frames without the first lines of the stack, which repeat the message. */
function frames(error: Error): readonly string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return lines.slice(0, 10).map((line) => line.trim());
}
