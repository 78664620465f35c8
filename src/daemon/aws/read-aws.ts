import type { Config } from '../../config/schema.ts';
import type { ControlState, TrailProblem } from '../../model/control.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { Screen } from '../../sources/screened.ts';
import type { Store } from '../../store/store.ts';
import type { KnownKinds } from '../collect/known-kinds.ts';
import type { RecorderReads } from '../read-recorders.ts';
import type { AwsAccount, AwsAccounts } from './accounts.ts';
import { type ConfigurationRead, readConfiguration } from './configuration.ts';
import type { AwsRead, AwsReading } from './context.ts';
import { type DigestsRead, readDigests } from './digests.ts';
import { readHistory } from './history.ts';
import { readSessions } from './sessions.ts';
import { readTrailFiles } from './trail-files.ts';
import { readTranscripts } from './transcripts.ts';

export interface AwsOptions {
  readonly config: Config;
  readonly accounts: AwsAccounts;
  readonly store: Store;
  readonly screen: Screen;
  readonly kinds: KnownKinds;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface AwsOutcome {
  readonly added: number;
  readonly inspected: number;
  readonly reports: readonly SourceReport[];
  readonly recorders: readonly RecorderReport[];
  readonly controls: readonly ControlState[];
  readonly trailProblems: readonly TrailProblem[];
  /** What of the configuration could not be looked at, for a person. */
  readonly problems: readonly string[];
  /** After how much silence a stream is reported, by stream. */
  readonly silentAfterMs: ReadonlyMap<string, number>;
}

/** Reads every configured account: all of them at the same time, because each has limits of its own. */
export async function readAws(options: AwsOptions): Promise<AwsOutcome> {
  const accounts = options.accounts.of(options.config.aws);
  if (accounts.length === 0) return NOTHING_FROM_AWS;
  const before = new Map((await options.store.sourceReports()).map((report) => [report.id, report]));
  const read = await Promise.all(
    accounts.map((account) => readAccount({ ...options, account, before }, options)),
  );
  return {
    added: sum(read.flatMap((one) => one.streams.map((stream) => stream.added))),
    inspected: sum(read.map((one) => one.transcripts.inspected)),
    reports: read.flatMap((one) => one.streams.flatMap((stream) => stream.reports)),
    recorders: read.flatMap((one) => one.transcripts.reports),
    controls: read.flatMap((one) => one.configuration.states),
    trailProblems: read.flatMap((one) => one.digests.flatMap((each) => each.problems)),
    problems: read.flatMap((one) => [
      ...one.configuration.problems,
      ...one.digests.flatMap((each) => each.faults),
    ]),
    silentAfterMs: new Map(read.flatMap(({ account, streams }) => silences(account, streams))),
  };
}

export const NOTHING_FROM_AWS: AwsOutcome = {
  added: 0,
  inspected: 0,
  reports: [],
  recorders: [],
  controls: [],
  trailProblems: [],
  problems: [],
  silentAfterMs: new Map(),
};

interface AccountRead {
  readonly account: AwsAccount;
  readonly streams: readonly AwsRead[];
  readonly transcripts: RecorderReads;
  readonly configuration: ConfigurationRead;
  readonly digests: readonly DigestsRead[];
}

async function readAccount(reading: AwsReading, { kinds }: AwsOptions): Promise<AccountRead> {
  const { account } = reading;
  const { regions, trails } = account.config;
  const [histories, files, sessions, transcripts, configuration] = await Promise.all([
    Promise.all(regions.map((region) => readHistory(reading, region))),
    Promise.all(trails.map((place) => readTrailFiles(reading, place))),
    Promise.all(regions.map((region) => readSessions(reading, region))),
    readTranscripts(reading, kinds),
    readConfiguration(reading),
  ]);
  // After the files themselves: what is proved by their hashes must have been read.
  const digests = await Promise.all(trails.map((place) => readDigests(reading, place)));
  const streams = [...histories, ...files.flat(), ...sessions];
  return { account, streams, transcripts, configuration, digests };
}

function silences({ config }: AwsAccount, streams: readonly AwsRead[]): [string, number][] {
  const { silentAfterMs } = config;
  if (silentAfterMs === null) return [];
  // A list of sessions may well be empty for a week; a trail is not.
  const ids = streams.flatMap((stream) => stream.reports.map((report) => report.id));
  return ids.filter((id) => !id.startsWith(`${config.id}/sessions/`)).map((id) => [id, silentAfterMs]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
