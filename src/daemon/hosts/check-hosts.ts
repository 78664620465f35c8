import { readFile } from 'node:fs/promises';
import type { HostConfig } from '../../config/hosts.ts';
import type { Config } from '../../config/schema.ts';
import { readHead } from '../../files/head.ts';
import { listByCommand } from '../../ssh/command.ts';
import type { SshConnection } from '../../ssh/connection.ts';
import { toSshFault } from '../../ssh/fault.ts';
import { readJournal } from '../../ssh/journal.ts';
import { parseKnownHosts } from '../../ssh/known-hosts.ts';
import { listBySftp } from '../../ssh/sftp.ts';
import { atOnce } from './at-once.ts';
import { Ways } from './ways.ts';

export interface CheckedHost {
  readonly id: string;
  /** Files that can be read. */
  readonly files: number;
  /** The journal can be read. */
  readonly journal: boolean;
  readonly problems: readonly string[];
}

/** Logs in to every host, looks at each configured file, and begins to read the journal. Keeps nothing. */
export async function checkHosts(config: Config, signal: AbortSignal): Promise<CheckedHost[]> {
  const ways = new Ways(config.hosts, { timeoutMs: config.ssh.timeoutMs, signal });
  try {
    return await atOnce(config.ssh.concurrency, config.hosts, (host) => checkHost(host, ways, signal));
  } finally {
    ways.close();
  }
}

async function checkHost(host: HostConfig, ways: Ways, signal: AbortSignal): Promise<CheckedHost> {
  const pinned = await pinProblems(host.knownHosts);
  try {
    const connection = await ways.to(host, signal);
    try {
      const files = host.files.length === 0 ? NO_FILES : await checkFiles(host, connection);
      if (host.journal) await beginJournal(host, connection);
      const problems = [...pinned, ...files.problems];
      return { id: host.id, files: files.readable, journal: host.journal, problems };
    } finally {
      connection.close();
    }
  } catch (error) {
    return { id: host.id, files: 0, journal: false, problems: [...pinned, toSshFault(error).message] };
  }
}

const NO_FILES = { readable: 0, problems: [] } as const;

async function checkFiles(host: HostConfig, connection: SshConnection) {
  const list = host.via === 'sftp' ? listBySftp : listByCommand;
  const { files, problems } = await list(connection, host.id, host.files);
  const heads = await atOnce(4, files, async (file) => ({ file, ...(await readHead(file, 1)) }));
  const unread = heads.flatMap(({ file, problem }) => (problem ? [`${file.name}: ${problem.message}`] : []));
  return { readable: files.length - unread.length, problems: [...problems, ...unread] };
}

/** A minute is enough to see whether the journal answers. */
async function beginJournal(host: HostConfig, connection: SshConnection): Promise<void> {
  const chunks = readJournal(connection, { sinceMs: Date.now() - 60_000 }, host.via);
  // One piece, or none: either proves that it may be read.
  await chunks.next();
  await chunks.return();
}

/** Lines of the file that pin nothing: a typing error there would look like an unknown host. */
async function pinProblems(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return parseKnownHosts(file, text).problems;
}
