import { type LogStream, toStreams } from '../../files/rotation.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { listByCommand } from '../../ssh/command.ts';
import type { SshConnection } from '../../ssh/connection.ts';
import { listBySftp } from '../../ssh/sftp.ts';
import type { Format } from '../../sources/format.ts';
import { findFormat } from '../../sources/registry.ts';
import { readLog } from '../read-log.ts';
import { type HostRead, type HostReading, unreadable } from './host-reading.ts';

/** Reads what is new in the configured files of a host. Throws an SshFault where it does not answer. */
export async function readFiles(reading: HostReading, connection: SshConnection): Promise<HostRead> {
  const { host, state } = reading;
  const list = host.via === 'sftp' ? listBySftp : listByCommand;
  const { files, problems } = await list(connection, host.id, host.files);
  const seen = JSON.stringify(files.map(({ name, size, mtimeMs, ino }) => [name, size, mtimeMs, ino]));
  const errors = [...problems];
  const reports: SourceReport[] = [];
  let added = 0;
  for (const log of toStreams(files)) {
    const known = reading.before.get(log.id);
    if (seen === state.seen && known !== undefined) {
      reports.push(known);
      continue;
    }
    const format = await formatOf(log, reading);
    if (typeof format === 'string') {
      if (format !== '') errors.push(format);
      continue;
    }
    const read = await readLog({ id: log.id, format, log }, toLogReading(reading, known));
    added += read.added;
    reports.push(read.report);
  }
  state.seen = errors.length === 0 && reports.every((one) => one.error === null) ? seen : '';
  const [error] = errors;
  return { added, reports: error === undefined ? reports : [...reports, unreadable(host, error)] };
}

function toLogReading({ host, config, store, screen, now, signal }: HostReading, known?: SourceReport) {
  const zone = host.zone ?? config.timezone;
  return { store, screen, now, signal, zone, host: host.id, ...(known === undefined ? {} : { known }) };
}

/** The format of a log: the configured one, that of earlier passes, or as recognised; else why it has none. */
async function formatOf(log: LogStream, { host, before, kinds }: HostReading): Promise<Format | string> {
  const type = host.type === 'auto' ? before.get(log.id)?.type : host.type;
  const format = type === undefined ? await recognised(log, kinds) : findFormat(type);
  if (format === null) return '';
  if (format === undefined) return `${log.id}: nothing in it is in a format that is known`;
  return format.layout === 'objects' ? `${log.id}: this format is not read from hosts` : format;
}

/** The youngest file that holds something tells; null where none does. */
async function recognised(log: LogStream, kinds: HostReading['kinds']): Promise<Format | undefined | null> {
  const filled = log.files.filter(({ entry }) => entry.size > 0).toReversed();
  for (const { entry } of filled) {
    const kind = await kinds.recognise(entry);
    if (kind.kind === 'source') return kind.format;
  }
  return filled.length === 0 ? null : undefined;
}
