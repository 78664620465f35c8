import type { Config } from '../../config/schema.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { Screen } from '../../sources/screened.ts';
import type { Store } from '../../store/store.ts';
import type { KnownKinds } from '../collect/known-kinds.ts';
import { atOnce } from './at-once.ts';
import type { HostRead, HostReading } from './host-reading.ts';
import { readHost } from './read-host.ts';
import type { HostStates } from './states.ts';
import { Ways } from './ways.ts';

export interface HostsOptions {
  readonly config: Config;
  readonly store: Store;
  readonly screen: Screen;
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly kinds: KnownKinds;
  readonly hosts: HostStates;
}

export interface HostsOutcome {
  /** Events that were new. */
  readonly added: number;
  /** One report per stream, and one for each host that could not be read, or not wholly. */
  readonly reports: readonly SourceReport[];
  /** After how much silence a stream is reported, by stream. */
  readonly silentAfterMs: ReadonlyMap<string, number>;
}

/** Reads what is new on every configured host, many at the same time. What one host does harms no other. */
export async function readHosts(options: HostsOptions): Promise<HostsOutcome> {
  const { config, store, signal, now } = options;
  const read = config.hosts.filter((host) => host.files.length > 0 || host.journal);
  if (read.length === 0) return { added: 0, reports: [], silentAfterMs: new Map() };
  const before = new Map((await store.sourceReports()).map((report) => [report.id, report]));
  const ways = new Ways(config.hosts, { timeoutMs: config.ssh.timeoutMs, signal });
  const states = options.hosts.of(config);
  try {
    const reads = await atOnce(config.ssh.concurrency, read, async (host): Promise<HostRead> => {
      const state = states.get(host.id);
      if (state.last !== null && now >= state.lastAt && now < state.dueAt) return { ...state.last, added: 0 };
      const reading: HostReading = { ...options, host, before, ways, state };
      return readHost(reading);
    });
    return {
      added: reads.reduce((total, one) => total + one.added, 0),
      reports: reads.flatMap((one) => one.reports),
      silentAfterMs: new Map(reads.flatMap((one, at) => silences(one, read[at]?.silentAfterMs ?? null))),
    };
  } finally {
    ways.close();
  }
}

function silences({ reports }: HostRead, silentAfterMs: number | null): [string, number][] {
  return silentAfterMs === null ? [] : reports.map(({ id }) => [id, silentAfterMs]);
}
