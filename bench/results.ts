import type { Accuracy } from './accuracy.ts';
import type { Contestant } from './contestants.ts';
import type { DataSet } from './data-sets.ts';
import type { Usage } from './measure.ts';
import type { Micro } from './micro.ts';

export interface Job {
  readonly set: DataSet;
  readonly contestants: readonly Contestant[];
  /** By contestant, a usage per round. */
  readonly usages: readonly (readonly Usage[])[];
  readonly accuracy: Accuracy;
}

export interface Results {
  readonly generator: string;
  readonly seed: number;
  readonly rounds: number;
  readonly command: string;
  readonly jobs: readonly Job[];
  readonly micro: Micro | null;
}
