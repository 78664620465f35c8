/** What `log` or `log.json` says about the command. Times are epoch ms. */
export interface LogFacts {
  readonly opened: number | null;
  /** 1000 for `log`, which keeps whole seconds. */
  readonly resolution: number;
  readonly submitUser: string | null;
  readonly runUser: string | null;
  readonly submitHost: string | null;
  /** As written: `/dev/pts/0`, `unknown`, or empty. */
  readonly tty: string | null;
  /** Executable without arguments. */
  readonly command: string | null;
  /** True where exit value, signal or run time were added when the command ended. */
  readonly exited: boolean;
  readonly runTimeMs: number | null;
}

/**
 * The classic `log`: `epoch:submituser:runuser:rungroup:tty[:lines:cols]`, folder, command line.
 * Null where the first line has not that shape.
 */
export function parseLog(text: string): LogFacts | null {
  const [first = '', , command = ''] = text.slice(0, LOG_LIMIT).split('\n');
  const match = FIRST_LINE.exec(first);
  if (match === null) return null;
  const [, seconds, submitUser, runUser, , tty] = match;
  return {
    opened: Number(seconds) * 1000,
    resolution: 1000,
    submitUser: known(submitUser),
    runUser: known(runUser),
    submitHost: null,
    tty: tty ?? null,
    // The command line ends the executable at the first space; a path with spaces is exact in log.json only.
    command: known(command.split(' ')[0]),
    exited: false,
    runTimeMs: null,
  };
}

// PATH_MAX is 4 KiB for folder and executable, arguments are not read: 64 KiB hold all that counts.
export const LOG_LIMIT = 64 * 1024;

const FIRST_LINE =
  /^(\d{9,11}):([^:]{1,255}):([^:]{0,255}):([^:]{0,255}):([^:]{0,255})(?::\d{1,9}:\d{1,9})?$/;

/** `log.json` as sudo ≥ 1.9 writes it, with exit information where the log server added it. Null where it is no object. */
export function parseLogJson(text: string): LogFacts | null {
  const value = parseObject(text);
  if (value === null) return null;
  const runTime = duration(value['run_time']);
  return {
    opened: duration(value['timestamp']),
    resolution: 0.001,
    submitUser: known(value['submituser']),
    runUser: known(value['runuser']),
    submitHost: known(value['submithost']),
    tty: typeof value['ttyname'] === 'string' ? value['ttyname'] : null,
    command: known(value['command']),
    exited: runTime !== null || value['exit_value'] !== undefined || value['signal'] !== undefined,
    runTimeMs: runTime,
  };
}

/** Fields of the exact log, completed by the classic one; the classic one alone where there is no other. */
export function joinLogs(exact: LogFacts | null, classic: LogFacts | null): LogFacts | null {
  if (exact === null || classic === null) return exact ?? classic;
  return {
    ...exact,
    ...(exact.opened === null ? { opened: classic.opened, resolution: classic.resolution } : {}),
    submitUser: exact.submitUser ?? classic.submitUser,
    runUser: exact.runUser ?? classic.runUser,
    tty: exact.tty ?? classic.tty,
    command: exact.command ?? classic.command,
  };
}

/** Fields in which the two logs contradict each other, as sentences: one of them was changed. */
export function contradictions(exact: LogFacts | null, classic: LogFacts | null): readonly string[] {
  if (exact === null || classic === null) return [];
  const fields = [
    ['submituser', exact.submitUser, classic.submitUser],
    ['runuser', exact.runUser, classic.runUser],
    ['tty', exact.tty, classic.tty],
  ] as const;
  return fields.flatMap(([name, json, text]) =>
    json !== null && text !== null && json !== text
      ? [`log.json says ${name} ${json} and log says ${text}`]
      : [],
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** `{seconds, nanoseconds}` in milliseconds. */
function duration(value: unknown): number | null {
  if (typeof value !== 'object' || value === null) return null;
  const { seconds, nanoseconds } = value as { seconds?: unknown; nanoseconds?: unknown };
  // Seconds up to the year 5138; beyond it a time is rubbish.
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < 1e11)) return null;
  const nanos = typeof nanoseconds === 'number' && nanoseconds >= 0 && nanoseconds < 1e9 ? nanoseconds : 0;
  return seconds * 1000 + Math.round(nanos / 1000) / 1000;
}

function known(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : null;
}
