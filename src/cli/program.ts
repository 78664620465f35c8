import { Command, CommanderError, Option } from 'commander';
import { toInstant } from './arguments.ts';
import { EXIT, type ExitCode, type Io, isBrokenPipe } from './io.ts';

const FORMATS = ['table', 'json', 'ndjson', 'html'];

/**
 * Parses arguments and runs one command; resolves to its exit code. Commands are loaded when they run: most of
 * the start-up time is libraries that only the daemon needs.
 */
export async function runProgram(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = createProgram(io, async (run) => {
    exit = await run();
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
    if (isBrokenPipe(error)) return EXIT.ok;
    io.err(`offrecord: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  }
  return exit;
}

type Runner = (run: () => Promise<ExitCode>) => Promise<void>;

/** The command tree; `help` texts are held against the README by a test. */
export function createProgram(io: Io, run: Runner): Command {
  const program = new Command('offrecord');
  program
    .description('Finds privileged access that happened off the record.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out(text), writeErr: (text) => io.err(text) })
    .showHelpAfterError('(offrecord --help lists the commands)');
  addJudging(program, io, run);
  addReplay(program, io, run);
  addLooking(program, io, run);
  addKeeping(program, io, run);
  return program;
}

function addJudging(program: Command, io: Io, run: Runner): void {
  program
    .command('check')
    .description('judge a folder of logs and recordings, once; sends nothing')
    .argument('[path...]', 'files or folders', ['.'])
    .option('--config <file>', 'configuration: inventory, rules, exceptions')
    .option('--now <time>', 'the time to judge by (default: the real one)', toInstant)
    .option('--from <time>', 'only accesses opened at or after this time', toInstant)
    .option('--to <time>', 'only accesses opened before this time', toInstant)
    .addOption(new Option('--format <format>', 'output').choices(FORMATS).default('table'))
    .action((paths: string[], options) =>
      run(async () => (await import('./check.ts')).check(paths, options, io)),
    );
  program
    .command('explain')
    .description('show how one access came to its verdict, step by step')
    .argument('<uid>', 'uid of an access, e.g. acc_…')
    .argument('[path...]', 'files or folders to judge, as with check; without: the store of --config')
    .option('--config <file>', 'configuration')
    .option('--now <time>', 'the time to judge by', toInstant)
    .action((uid: string, paths: string[], options) =>
      run(async () => (await import('./explain.ts')).explain(uid, paths, options, io)),
    );
  program
    .command('run')
    .description('run the daemon: read, judge and alert until stopped')
    .requiredOption('--config <file>', 'configuration')
    .option('--once', 'make one pass, deliver what is due, and stop')
    .action((options) => run(async () => (await import('./run.ts')).runDaemon(options, io)));
}

function addReplay(program: Command, io: Io, run: Runner): void {
  program
    .command('replay')
    .description('judge a past interval anew and print what would differ; stores and sends nothing')
    .argument('[path...]', 'files or folders to judge, as with check; without: the store of --config')
    .requiredOption('--from <time>', 'accesses opened at or after this time', toInstant)
    .requiredOption('--to <time>', 'accesses opened before this time', toInstant)
    .option('--config <file>', 'configuration, and the store whose verdicts to compare with')
    .option('--rules <folder>', 'own rules, in place of those of the configuration')
    .option('--exceptions <folder>', 'exceptions, in place of those of the configuration')
    .option('--now <time>', 'the time to judge by (default: --to and the longest wait)', toInstant)
    .addOption(new Option('--format <format>', 'output').choices(['table', 'ndjson']).default('table'))
    .action((paths: string[], options) =>
      run(async () => (await import('./replay.ts')).replay(paths, options, io)),
    );
}

function addLooking(program: Command, io: Io, run: Runner): void {
  program
    .command('parse')
    .description('print the events of a log as NDJSON')
    .requiredOption('--as <type>', 'format: sshd, journald, auditd or sudo')
    .option('--host <name>', 'target for records that name no host')
    .option('--zone <zone>', 'zone of times without one (default: this machine’s)')
    .option('--now <time>', 'the time to infer years by', toInstant)
    .argument('[file]', 'file, or - for standard input', '-')
    .action((file: string, options) =>
      run(async () => (await import('./parse.ts')).parse(file, options, io)),
    );
  program
    .command('inspect')
    .description('print what a recording’s bytes show as NDJSON')
    .requiredOption('--as <recorder>', 'recorder: tlog, sudo, asciicast, script, ttyrec or ssm')
    .option('--zone <zone>', 'zone of times without one (default: this machine’s)')
    .option('--now <time>', 'the time to judge open recordings by', toInstant)
    .argument('<path...>', 'recordings, or folders of them')
    .action((paths: string[], options) =>
      run(async () => (await import('./inspect.ts')).inspect(paths, options, io)),
    );
}

function addKeeping(program: Command, io: Io, run: Runner): void {
  program
    .command('validate')
    .description('check the configuration with all the files it names')
    .option('--config <file>', 'configuration', 'config.yaml')
    .option('--connect', 'also reach every source, recorder and receiver')
    .action((options) => run(async () => (await import('./validate.ts')).validate(options, io)));
  const rules = program.command('rules').description('the rules that turn verdicts into findings');
  for (const name of ['test', 'list'] as const) {
    rules
      .command(name)
      .description(
        name === 'test' ? 'run the tests that rule files carry' : 'list rules with level and check',
      )
      .option('--config <file>', 'configuration, for its own rules')
      .action((options) => run(async () => (await import('./rules.ts'))[name](options, io)));
  }
  const exceptions = program.command('exceptions').description('temporary, approved risk acceptances');
  exceptions
    .command('lint')
    .description('check exception files; every problem with its place')
    .option('--config <file>', 'configuration, for approvers and limits')
    .argument('[path...]', 'exception files or folders (default: those of the configuration)')
    .action((paths: string[], options) =>
      run(async () => (await import('./exceptions.ts')).lint(paths, options, io)),
    );
  exceptions
    .command('list')
    .description('list exceptions with their hits, expiry and what is unused')
    .option('--config <file>', 'configuration, for its store and exceptions')
    .option('--now <time>', 'the time to judge by', toInstant)
    .argument('[path...]', 'folders to judge, as with check; without: the store of the configuration')
    .action((paths: string[], options) =>
      run(async () => (await import('./exceptions.ts')).list(paths, options, io)),
    );
}
