import { writeFileSync } from 'node:fs';
import type { GenerateOptions } from './options.ts';

export type PlantedKind = 'unrecorded' | 'overlap' | 'truncated' | 'ssm-unrecorded' | 'break-glass';

/** One thing that must be found. */
export interface Planted {
  readonly kind: PlantedKind;
  readonly target: string;
  readonly account: string;
  /** sshd's process; null for accesses of the cloud. */
  readonly pid: number | null;
  /** Session Manager's own id; null for other accesses. */
  readonly cloudSession: string | null;
  /** Epoch ms as the log writes it (whole seconds in syslog and in CloudTrail). */
  readonly time: number;
}

export interface Truth {
  readonly options: GenerateOptions;
  /** Epoch ms: everything is over and every grace has passed. */
  readonly judgeAt: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, { readonly lines: number; readonly bytes: number }>>;
  readonly planted: readonly Planted[];
}

/** What was planted, counted while data are written. */
export class Ledger {
  readonly planted: Planted[] = [];
  readonly counts: Record<string, number> = {};

  plant(one: Planted): void {
    this.planted.push(one);
    this.count(one.kind);
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

export function writeTruth(path: string, truth: Truth): void {
  writeFileSync(path, `${JSON.stringify(truth)}\n`);
}
