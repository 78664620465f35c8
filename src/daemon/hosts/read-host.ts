import type { HostConfig } from '../../config/hosts.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { SshFault, toSshFault } from '../../ssh/fault.ts';
import { emptyReport } from '../../sources/source-log.ts';
import { readFiles } from './read-files.ts';
import type { HostsOptions } from './read-hosts.ts';
import { readJournalOf } from './read-journal.ts';
import { type HostState, waitAfter } from './states.ts';
import type { Ways } from './ways.ts';

/** What reading one host needs. */
export interface HostReading extends Omit<HostsOptions, 'hosts'> {
  readonly host: HostConfig;
  /** Reports of earlier passes, by stream. */
  readonly before: ReadonlyMap<string, SourceReport>;
  readonly ways: Ways;
  readonly state: HostState;
}

export interface HostRead {
  readonly added: number;
  readonly reports: readonly SourceReport[];
}

/**
 * Reads what is new on one host within the time that a pull may take. Never throws for what the host does: that is in
 * the reports. What was read before a fault is kept.
 */
export async function readHost(reading: HostReading): Promise<HostRead> {
  const { state, now, config, signal } = reading;
  const pull = new AbortController();
  const late = new SshFault('timeout', `more than ${config.ssh.pullMs / 1000} s for one pull`);
  const timer = setTimeout(() => pull.abort(late), config.ssh.pullMs);
  try {
    const read = await pullHost({ ...reading, signal: AbortSignal.any([signal, pull.signal]) });
    state.failures =
      read.reports.some((one) => one.error !== null) && read.added === 0 ? state.failures + 1 : 0;
    state.last = read;
    state.lastAt = now;
    state.dueAt = now + Math.max(config.ssh.everyMs, waitAfter(state.failures));
    return read;
  } finally {
    clearTimeout(timer);
  }
}

async function pullHost(reading: HostReading): Promise<HostRead> {
  const { host, ways, signal } = reading;
  const reads: HostRead[] = [];
  try {
    const connection = await ways.to(host, signal);
    try {
      if (host.files.length > 0) reads.push(await readFiles(reading, connection));
      if (host.journal) reads.push(await readJournalOf(reading, connection));
    } finally {
      connection.close();
    }
  } catch (error) {
    reads.push({
      added: 0,
      reports: [...missed(reading, reads), unreadable(host, toSshFault(error).message)],
    });
  }
  return {
    added: reads.reduce((total, one) => total + one.added, 0),
    reports: reads.flatMap((one) => one.reports),
  };
}

/** The report of a host that could not be read, or not wholly: it speaks of all that happens there. */
export function unreadable(host: HostConfig, error: string): SourceReport {
  return { ...emptyReport({ id: host.id, type: 'ssh', zone: null }), hosts: [host.id], error };
}

/** Streams of which nothing was heard now stay as they were: how long they are silent is still told. */
function missed({ host, before }: HostReading, reads: readonly HostRead[]): SourceReport[] {
  const told = new Set(reads.flatMap((one) => one.reports.map(({ id }) => id)));
  return [...before.values()].filter(({ id }) => id.startsWith(`${host.id}/`) && !told.has(id));
}
