import type { OwnFacts } from '../metadata.ts';
import { ttyName } from '../text.ts';

/** First line of a cast (version 2 and 3) or the frame around one (version 1). */
export interface CastHeader {
  readonly version: 1 | 2 | 3;
  readonly own: OwnFacts;
  /** True or false where the environment shows whether ssh gave a terminal. */
  readonly terminal: boolean | null;
  /** Seconds, where version 1 states them. */
  readonly durationMs: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a header object; null where it is none. `env` is what the recorder was told to capture. */
export function decodeHeader(value: Fields): CastHeader | null {
  const version = value['version'];
  if (version !== 1 && version !== 2 && version !== 3) return null;
  const env = isObject(value['env']) ? value['env'] : {};
  const [ip, port] = readConnection(env['SSH_CONNECTION']);
  const seconds = value['timestamp'];
  // Between 1973 and 5138, whole seconds.
  const known = typeof seconds === 'number' && seconds > 1e8 && seconds < 1e11;
  const duration = value['duration'];
  return {
    version,
    own: {
      account: readName(env['USER']),
      ip,
      port,
      tty: ttyName(readName(env['SSH_TTY'])),
      opened: known ? seconds * 1000 : null,
      resolution: known && !Number.isInteger(seconds) ? 1 : 1000,
    },
    // asciinema writes null for a variable that it was told to capture and that is not set.
    terminal: 'SSH_TTY' in env ? readName(env['SSH_TTY']) !== null : null,
    durationMs: version === 1 && typeof duration === 'number' && duration >= 0 ? duration * 1000 : null,
  };
}

/** `SSH_CONNECTION` is `client-ip client-port server-ip server-port`. */
function readConnection(value: unknown): readonly [ip: string | null, port: number | null] {
  const match = typeof value === 'string' ? /^([0-9A-Fa-f.:]{2,45}) (\d{1,5})(?: |$)/.exec(value) : null;
  return match === null ? [null, null] : [match[1] ?? null, Number(match[2])];
}

/** Names longer than 255 characters are no accounts or terminals. */
function readName(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
