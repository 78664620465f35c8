import assert from 'node:assert/strict';
import { openSync, closeSync, writeSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, it } from 'node:test';
import { describeReal } from '../../support/real/parts.ts';
import { Host } from '../../support/ssh/host.ts';
import { Fleet, logOf, loginLine } from './fleet.ts';

const MIB = 1024 * 1024;

describeReal('a host that sends a great deal', ['sshd'], () => {
  let host: Host;
  let small: Host;
  let lines = 0;
  before(async () => {
    [host, small] = await Promise.all([Host.start('large'), Host.start('small')]);
    small.put('log/auth.log', loginLine(1));
    host.put('log/auth.log', loginLine(1));
    const file = openSync(host.at('log/auth.log'), 'a');
    lines = 2;
    const filler = Buffer.from(
      '2026-11-22T11:30:00.000000+00:00 large cron[7]: nothing to see in this line\n'.repeat(15_000),
    );
    for (let written = 0; written < 110 * MIB; written += filler.length) {
      writeSync(file, filler);
      lines += 15_000;
    }
    closeSync(file);
    host.append('log/auth.log', loginLine(59));
  });
  after(() => Promise.all([host.remove(), small.remove()]));

  it('more than 100 MiB are read to their end in bounded memory', async () => {
    const fleet = new Fleet([logOf(host), logOf(small)]);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }, 10);
    await fleet.pass();
    clearInterval(watch);
    assert.deepEqual(await fleet.ports('large'), [1, 59]);
    assert.deepEqual(await fleet.ports('small'), [1]);
    // What is read lies in buffers, also where nobody uses it any more; the whole log held would be 110 MiB.
    assert.ok(most < 64 * MIB, `${Math.round(most / MIB)} MiB`);
    await fleet.remove();
  });

  it('a connection that is cut again and again loses nothing, and gives nothing twice', async () => {
    // Twelve MiB each time: the log takes ten pulls.
    const door = createServer((client) => {
      const upstream = connect(host.port, '127.0.0.1');
      let passed = 0;
      upstream.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        if (passed > 12 * MIB) client.destroy();
      });
      client.on('close', () => upstream.destroy()).on('error', () => undefined);
      upstream.on('error', () => undefined);
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const { port } = door.address() as AddressInfo;
    host.pin(`[127.0.0.1]:${port} ${host.publicKey('host')}\n`);
    const fleet = new Fleet([logOf(host).replace(`port: ${host.port}`, `port: ${port}`)]);
    await fleet.pass();
    assert.deepEqual(await fleet.ports('large'), [1]);
    const stream = `large${host.at('log/auth.log')}`;
    assert.match((await fleet.report(stream))?.error ?? '', /ECONNRESET/);
    for (let passes = 0; passes < 12 && (await fleet.ports('large')).length < 2; passes++) await fleet.pass();
    await fleet.pass();
    assert.deepEqual(await fleet.ports('large'), [1, 59]);
    assert.equal((await fleet.report(stream))?.records, lines);
    await fleet.remove();
    door.close();
  });
});
