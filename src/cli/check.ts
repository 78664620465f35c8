import { checkFolder, type CheckResult } from '../daemon/check-folder.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { type OutputFormat, print } from './output/print.ts';
import { createProgress } from './output/progress.ts';
import { printable } from './output/text.ts';

export interface CheckArguments {
  readonly config?: string;
  readonly now?: number;
  readonly from?: number;
  readonly to?: number;
  readonly format: OutputFormat;
}

/** Judges folders once and prints the verdicts. */
export async function check(paths: readonly string[], options: CheckArguments, io: Io): Promise<ExitCode> {
  if ((options.from ?? -Infinity) >= (options.to ?? Infinity)) {
    io.err('offrecord: --from must be before --to\n');
    return EXIT.failed;
  }
  const result = await judgePaths(paths, options, io);
  if (!result) return EXIT.failed;
  const exit = exitOf(result);
  const { errors, skipped, judgement } = result;
  await print(judgement, options.format, { errors, skipped, exit }, io);
  if (options.format !== 'table') for (const error of errors) io.err(`${printable(error)}\n`);
  return exit;
}

/** Reads and judges; null where the configuration could not be used (its problems are printed). */
export async function judgePaths(
  paths: readonly string[],
  options: Omit<CheckArguments, 'format'>,
  io: Io,
): Promise<CheckResult | null> {
  const config = options.config === undefined ? null : await readConfigFile(options.config, io);
  if (options.config !== undefined && config === null) return null;
  const progress = createProgress(io);
  const result = await checkFolder(paths, {
    config,
    zone: config?.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    now: options.now ?? io.now(),
    from: options.from ?? -Infinity,
    to: options.to ?? Infinity,
    signal: io.signal,
    progress: progress.show,
  });
  progress.clear();
  const hint = 'name a folder that holds sshd or journald logs, or recordings';
  const unknown = result.unknownPaths.map((path) => `${path}: nothing here has a known format; ${hint}`);
  return { ...result, errors: [...result.errors, ...unknown] };
}

function exitOf({ judgement, errors }: CheckResult): ExitCode {
  if (errors.length > 0) return EXIT.failed;
  const gaps = judgement.accesses.some(
    (one) => one.privileged && ['unrecorded', 'inadequate', 'undetermined'].includes(one.verdict),
  );
  return gaps || judgement.findings.length > 0 ? EXIT.report : EXIT.ok;
}
