import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Accuracy, compare } from './accuracy.ts';
import { contestantsFor, OFFRECORD } from './contestants.ts';
import { type DataSet, provide } from './data-sets.ts';
import { hasSharedGenerator } from './generator/shared.ts';
import { measure, type Usage } from './measure.ts';
import { measureMicro } from './micro.ts';
import { ROOT, SCRATCH, SEARCH_PATH, VAR } from './places.ts';
import { draw, writeInto } from './report.ts';
import type { Job, Results } from './results.ts';

/** Runs everybody in turn on the same bytes, so that all see the same state of the machine. */
async function runJob(set: DataSet, rounds: number): Promise<Job> {
  const contestants = contestantsFor(set);
  const output = join(SCRATCH, 'output');
  const usages: Usage[][] = contestants.map(() => []);
  let accuracy: Accuracy | null = null;
  // Unmeasured, so that the first of the programs finds the pages in the cache as the others do.
  measure(contestants[0]?.command ?? [], { output });
  for (let round = 0; round < rounds; round++) {
    for (const [at, { command, name }] of contestants.entries()) {
      const usage = measure(command, { output, path: SEARCH_PATH });
      usages[at]?.push(usage);
      note(`${set.events} events, round ${round + 1}: ${name} ${usage.cpuS.toFixed(2)} s CPU`);
      if (name === OFFRECORD) accuracy ??= await compare(output, set.truth);
    }
  }
  if (accuracy === null) throw new Error('check was not among the programs');
  return { set, contestants, usages, accuracy };
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

interface Arguments {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly seed: number;
  readonly generator: 'own' | 'shared';
  readonly out: string | null;
  readonly micro: boolean;
  readonly joinSizes: readonly number[];
  readonly idleSeconds: number;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '200000,1000000' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      generator: { type: 'string', default: 'own' },
      out: { type: 'string' },
      'no-micro': { type: 'boolean', default: false },
      joins: { type: 'string', default: '1000,2000,4000' },
      'idle-seconds': { type: 'string', default: '60' },
    },
  });
  const sizes = values.events.split(',').map(Number);
  const joinSizes = values.joins.split(',').map(Number);
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  const whole = (number: number) => Number.isSafeInteger(number) && number > 0;
  if (![...sizes, ...joinSizes].every(whole) || !whole(rounds) || !whole(seed))
    throw new Error('--events, --joins, --rounds and --seed are whole numbers from 1 on');
  const { generator } = values;
  if (generator !== 'own' && generator !== 'shared') throw new Error('--generator is own or shared');
  if (generator === 'shared' && !hasSharedGenerator())
    throw new Error('there is no other generator beside this checkout');
  const idleSeconds = Number(values['idle-seconds']);
  return {
    sizes,
    rounds,
    seed,
    generator,
    out: values.out ?? null,
    micro: !values['no-micro'],
    joinSizes,
    idleSeconds,
  };
}

async function main(): Promise<void> {
  const options = readArguments();
  mkdirSync(SCRATCH, { recursive: true });
  const sets: DataSet[] = [];
  for (const events of options.sizes) sets.push(await provide(options.generator, events, options.seed));
  const jobs: Job[] = [];
  for (const set of sets) jobs.push(await runJob(set, options.rounds));
  const { generator, seed, rounds } = options;
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim();
  const results: Results = { generator, seed, rounds, command, jobs, micro: null };
  publish(results, options.out);
  const [smallest] = sets.toSorted((a, b) => a.events - b.events);
  if (!options.micro || !smallest) return;
  const micro = await measureMicro(smallest, { ...options, output: join(SCRATCH, 'output') });
  publish({ ...results, micro }, options.out);
}

/** Called as soon as there is something, so that a part that fails later takes nothing with it. */
function publish(results: Results, out: string | null): void {
  writeFileSync(join(VAR, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  const drawn = draw(results);
  if (out === null) process.stdout.write(`${drawn}\n`);
  else writeInto(join(ROOT, out), drawn);
}

if (import.meta.main) await main();
