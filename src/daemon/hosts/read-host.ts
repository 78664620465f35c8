import type { SourceReport } from '../../model/source-report.ts';
import { SshFault, toSshFault } from '../../ssh/fault.ts';
import { readFiles } from './read-files.ts';
import { readJournalOf } from './read-journal.ts';
import { type HostRead, type HostReading, unreadable } from './host-reading.ts';
import { waitAfter } from './states.ts';

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

/** Streams of which nothing was heard now stay as they were: how long they are silent is still told. */
function missed({ host, before }: HostReading, reads: readonly HostRead[]): SourceReport[] {
  const told = new Set(reads.flatMap((one) => one.reports.map(({ id }) => id)));
  return [...before.values()].filter(({ id }) => id.startsWith(`${host.id}/`) && !told.has(id));
}
