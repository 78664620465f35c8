import type { Config } from '../../config/schema.ts';
import type { Identity } from '../../correlate/identity.ts';
import type { ExceptionFile } from '../../exceptions/load.ts';
import { readExceptionFiles } from '../exception-files.ts';
import { toExceptionJudging } from '../exception-judging.ts';
import type { ExceptionJudge } from '../judge/facts.ts';

export interface ReplayedExceptions {
  readonly apply: ExceptionJudge;
  /** Files that cannot be read or honoured, with their places. */
  readonly errors: readonly string[];
}

/**
 * The exceptions to judge by: those of a given folder alone, else those of the configuration and those that lay beside
 * the logs. The configured folder need not exist.
 */
export async function readExceptions(
  { config, exceptionsFolder }: { readonly config: Config | null; readonly exceptionsFolder: string | null },
  found: readonly ExceptionFile[],
  identity: Identity,
  now: number,
): Promise<ReplayedExceptions> {
  const configured = config === null ? [] : [config.exceptions.path];
  const read = await readExceptionFiles(exceptionsFolder === null ? configured : [exceptionsFolder]);
  const problems = read.problems.filter(
    (one) => exceptionsFolder !== null || !one.message.startsWith('there is no'),
  );
  const beside = exceptionsFolder === null ? found : [];
  const files = [...new Map([...beside, ...read.files].map((file) => [file.text, file])).values()];
  const judging = toExceptionJudging(files, config, identity, now);
  const errors = [...problems, ...judging.problems].map(({ place, message }) => `${place}: ${message}`);
  return { apply: judging.apply, errors };
}
