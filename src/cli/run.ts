import { Daemon } from '../daemon/daemon.ts';
import type { PassResult } from '../daemon/pass.ts';
import { StoreError } from '../store/error.ts';
import { createLogger } from '../telemetry/logger.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { printFirstPass } from './output/first-pass.ts';

export interface RunOptions {
  readonly config: string;
  readonly once?: boolean;
}

/** Runs the daemon until it is stopped; exit 2 where it cannot start. */
export async function runDaemon(options: RunOptions, io: Io): Promise<ExitCode> {
  const config = await readConfigFile(options.config, io);
  if (!config) return EXIT.failed;
  const logger = createLogger({ level: config.log.level });
  const onPass = async (result: PassResult, number: number) => {
    if (number === 1) await printFirstPass(result, config, options.once === true, io);
  };
  try {
    const daemon = await Daemon.start({
      file: options.config,
      config,
      reread: () => reread(options.config, io),
      logger,
      clock: () => io.now(),
      signal: io.signal,
      onPass,
    });
    if ('problems' in daemon) {
      for (const { place, message } of daemon.problems) io.err(`${place}: ${message}\n`);
      return EXIT.failed;
    }
    const hangup = () => daemon.askReload();
    process.on('SIGHUP', hangup);
    try {
      await (options.once ? daemon.pass() : daemon.run());
    } finally {
      process.off('SIGHUP', hangup);
      await daemon.close();
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    io.err(`offrecord: ${error.message}\n`);
    return EXIT.failed;
  }
}

async function reread(file: string, io: Io) {
  const problems: { place: string; message: string }[] = [];
  const err = (text: string) => problems.push({ place: file, message: text.trimEnd() });
  const config = await readConfigFile(file, { env: io.env, err: (text) => void err(text) });
  return config ? { config } : { problems };
}
