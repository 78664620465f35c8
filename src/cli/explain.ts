import { judgePaths } from './check.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { explainAccess } from './output/explain.ts';
import { explainFromStore } from './explain-store.ts';

export interface ExplainOptions {
  readonly config?: string;
  readonly now?: number;
}

/** Shows how one access came to its verdict, from the given folders or from the daemon's store. */
export async function explain(
  uid: string,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
): Promise<ExitCode> {
  if (paths.length === 0 && options.config !== undefined) return explainFromStore(uid, options.config, io);
  const result = await judgePaths(paths.length === 0 ? ['.'] : paths, options, io);
  if (!result) return EXIT.failed;
  const access = result.judgement.accesses.find((one) => one.uid === uid);
  if (!access) {
    io.err(`offrecord: there is no access ${uid}; "offrecord check --format ndjson" lists them\n`);
    return EXIT.failed;
  }
  await io.out(explainAccess(access, result.judgement));
  return EXIT.ok;
}
