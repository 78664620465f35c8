import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { readHead } from '../../src/files/head.ts';
import { readRecords } from '../../src/files/read.ts';
import type { FileEntry } from '../../src/files/entry.ts';
import { listByCommand } from '../../src/ssh/command.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { SshConnection } from '../../src/ssh/connection.ts';
import { listBySftp } from '../../src/ssh/sftp.ts';
import { describeReal } from '../support/real/parts.ts';
import { Host } from '../support/ssh/host.ts';

const never = new AbortController().signal;
const LINES = Array.from(
  { length: 60_000 },
  (_, at) => `line ${at} of a log that is longer than any window\n`,
);
const TEXT = LINES.join('');

async function textOf(entry: FileEntry | undefined, start = 0): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of entry?.open?.({ start }) ?? []) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describeReal('files of a host', ['sshd'], () => {
  let open: Host;
  let forced: Host;
  const connections: SshConnection[] = [];
  before(async () => {
    [open, forced] = await Promise.all([Host.start('open'), Host.start('forced', { forced: true })]);
    for (const host of [open, forced]) {
      host.put('log/auth.log', TEXT);
      host.put('log/auth.log.1', 'older\n');
      host.put('log/auth.log-20261101', 'oldest\n');
      host.put('log/other.log', 'secret\n');
    }
  });
  after(async () => {
    for (const one of connections) one.close();
    await Promise.all([open.remove(), forced.remove()]);
  });

  async function connected(host: Host): Promise<SshConnection> {
    const connection = await connect(host.target, { timeoutMs: 5000, signal: never });
    connections.push(connection);
    return connection;
  }

  for (const via of ['sftp', 'command'] as const) {
    const listed = async (): Promise<readonly FileEntry[]> => {
      const host = via === 'sftp' ? open : forced;
      const list = via === 'sftp' ? listBySftp : listByCommand;
      const { files, problems } = await list(await connected(host), 'web01', [host.at('log/auth.log')]);
      assert.deepEqual(problems, []);
      return files;
    };

    it(`${via}: lists a log with what it was rotated to, and nothing beside`, async () => {
      const names = (await listed()).map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
      assert.deepEqual(names.toSorted(), ['auth.log', 'auth.log-20261101', 'auth.log.1']);
    });

    it(`${via}: gives the bytes from any place on`, async () => {
      const file = (await listed()).find(({ name }) => name.endsWith('/auth.log'));
      assert.equal(file?.size, TEXT.length);
      assert.equal(await textOf(file), TEXT);
      assert.equal(await textOf(file, 1_000_000), TEXT.slice(1_000_000));
      assert.equal(await textOf(file, TEXT.length), '');
    });

    it(`${via}: is read as a local file is`, async () => {
      const file = (await listed()).find(({ name }) => name.endsWith('/auth.log'));
      assert.ok(file);
      assert.equal((await readHead(file, 10)).bytes.length, 10);
      let records = 0;
      const reader = readRecords(file, { framing: 'lines', final: false });
      for await (const batch of reader) records += batch.records.length;
      assert.equal(records, LINES.length);
    });
  }
});
