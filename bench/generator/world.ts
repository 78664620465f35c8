import type { Host } from './fleet.ts';
import type { HostLog } from './host-log.ts';
import type { LineFile } from './line-file.ts';
import type { GenerateOptions } from './options.ts';
import type { Random } from './random.ts';
import type { SessionRecorder } from './recordings.ts';
import type { Ledger } from './truth.ts';

/** What everything that happens shares. */
export interface World {
  readonly options: GenerateOptions;
  readonly random: Random;
  readonly hosts: readonly Host[];
  /** Addresses that bots come from again and again. */
  readonly bots: readonly string[];
  readonly log: HostLog;
  readonly trail: LineFile;
  readonly recorder: SessionRecorder;
  readonly ledger: Ledger;
  /** Folder of Session Manager's transcripts. */
  readonly transcripts: string;
  /** Lets something happen at a time, epoch ms. */
  at(ms: number, run: () => void): void;
}
