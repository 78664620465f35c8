import { join } from 'node:path';
import { enableCompileCache } from 'node:module';

// Compiled code is kept beside the packages it belongs to, where only who installed them can write: a start takes half
// the time. Where nothing can be written there is no cache, and nothing else changes.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/offrecord'));

const { isBrokenPipe, processIo } = await import('./cli/io.ts');
const { runProgram } = await import('./cli/program.ts');

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// A reader that goes away (`offrecord check | head`) ends the program quietly.
process.stdout.on('error', (error) => process.exit(isBrokenPipe(error) ? 0 : 2));

process.exitCode = await runProgram(process.argv.slice(2), processIo(interrupt.signal));
