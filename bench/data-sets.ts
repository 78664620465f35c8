import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from './generate.ts';
import { DEFAULT_OPTIONS } from './generator/options.ts';
import { generateShared } from './generator/shared.ts';
import type { Truth } from './generator/truth.ts';
import { VAR } from './places.ts';

export interface DataSet {
  readonly events: number;
  readonly folder: string;
  /** Folder of logs and recordings. */
  readonly data: string;
  readonly truth: Truth;
  /** Bytes of the three logs. */
  readonly bytes: number;
}

// Raised when the generator writes other bytes, so that older data are not used again.
const EDITION = 1;

/** The data set of this size, from the untracked folder where it was made before. */
export async function provide(generator: 'own' | 'shared', events: number, seed: number): Promise<DataSet> {
  const folder = join(VAR, 'data', `${generator}-${EDITION}-${events}-${seed}`);
  const path = join(folder, 'truth.json');
  const truth = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Truth)
    : await make(generator, folder, events, seed);
  const logs = Object.entries(truth.files).filter(([name]) => name !== 'recordings');
  const bytes = logs.reduce((sum, [, file]) => sum + file.bytes, 0);
  return { events, folder, data: join(folder, 'data'), truth, bytes };
}

async function make(
  generator: 'own' | 'shared',
  folder: string,
  events: number,
  seed: number,
): Promise<Truth> {
  if (generator === 'shared') return generateShared(folder, events, seed);
  return generate(folder, { ...DEFAULT_OPTIONS, events, seed });
}
