import type { HostConfig } from '../../config/hosts.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { emptyReport } from '../../sources/source-log.ts';
import type { HostsOptions } from './read-hosts.ts';
import type { HostState } from './states.ts';
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

/** The report of a host that could not be read, or not wholly: it speaks of all that happens there. */
export function unreadable(host: HostConfig, error: string): SourceReport {
  return { ...emptyReport({ id: host.id, type: 'ssh', zone: null }), hosts: [host.id], error };
}
