import type { Config } from '../config/schema.ts';
import { type Replay, replay as replayInterval } from '../daemon/replay/replay.ts';
import { StoreError } from '../store/error.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io, writeLines } from './io.ts';
import { createProgress } from './output/progress.ts';
import { replayLines } from './output/replay-lines.ts';
import { toReplayTable } from './output/replay-table.ts';
import { printable } from './output/text.ts';

export interface ReplayArguments {
  readonly from: number;
  readonly to: number;
  readonly config?: string;
  readonly rules?: string;
  readonly exceptions?: string;
  readonly now?: number;
  readonly format: 'table' | 'ndjson';
}

/** Judges a past interval anew and prints the difference; exit 1 where there is one. */
export async function replay(paths: readonly string[], options: ReplayArguments, io: Io): Promise<ExitCode> {
  if (options.from >= options.to) return fail('--from must be before --to', io);
  if (paths.length === 0 && options.config === undefined)
    return fail('name files to judge, or a configuration whose store to read', io);
  const config = options.config === undefined ? null : await readConfigFile(options.config, io);
  if (options.config !== undefined && config === null) return EXIT.failed;
  const result = await judgeAnew(paths, options, config, io);
  if ('problems' in result) {
    for (const problem of result.problems) io.err(`${printable(problem)}\n`);
    return EXIT.failed;
  }
  const exit = exitOf(result);
  if (options.format === 'ndjson') await writeLines(io, replayLines(result, exit));
  else await io.out(toReplayTable(result, { color: io.isTerminal && io.env['NO_COLOR'] === undefined }));
  for (const error of result.errors) io.err(`${printable(error)}\n`);
  return exit;
}

async function judgeAnew(
  paths: readonly string[],
  options: ReplayArguments,
  config: Config | null,
  io: Io,
): Promise<Replay | { readonly problems: readonly string[] }> {
  const progress = createProgress(io);
  try {
    return await replayInterval({
      from: options.from,
      to: options.to,
      now: options.now ?? null,
      config,
      paths,
      rulesFolder: options.rules ?? null,
      exceptionsFolder: options.exceptions ?? null,
      zone: config?.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
      signal: io.signal,
      progress: progress.show,
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const path = config?.store.path ?? '';
    const place = error.message.includes(path) ? '' : `: ${path}`;
    return { problems: [`offrecord: ${error.message}${place}`] };
  } finally {
    progress.clear();
  }
}

function fail(message: string, io: Io): ExitCode {
  io.err(`offrecord: ${message}\n`);
  return EXIT.failed;
}

function exitOf({ errors, difference }: Replay): ExitCode {
  if (errors.length > 0) return EXIT.failed;
  return difference.accesses.length + difference.findings.length > 0 ? EXIT.report : EXIT.ok;
}
