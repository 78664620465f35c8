import { isBrokenPipe, processIo } from './cli/io.ts';
import { runProgram } from './cli/program.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// A reader that goes away (`offrecord check | head`) ends the program quietly.
process.stdout.on('error', (error) => process.exit(isBrokenPipe(error) ? 0 : 2));

process.exitCode = await runProgram(process.argv.slice(2), processIo(interrupt.signal));
