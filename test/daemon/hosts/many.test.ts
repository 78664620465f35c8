import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, it } from 'node:test';
import { describeReal } from '../../support/real/parts.ts';
import { Host } from '../../support/ssh/host.ts';
import { Fleet, logOf, loginLine } from './fleet.ts';

/** Doors to an sshd that count how many are passed through at the same time. */
async function countingDoor(to: number): Promise<{ port: number; most: () => number; server: Server }> {
  let [open, most] = [0, 0];
  const server = createServer((client) => {
    most = Math.max(most, ++open);
    const upstream = connect(to, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy()).on('close', () => void open--);
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, most: () => most, server };
}

const HOSTS = 60;

describeReal('many hosts', ['sshd'], () => {
  let host: Host;
  let fleet: Fleet;
  let door: Awaited<ReturnType<typeof countingDoor>>;
  let silent: Server;
  before(async () => {
    host = await Host.start('many');
    host.put('log/auth.log', loginLine(1));
    door = await countingDoor(host.port);
    // Takes connections, and says nothing.
    silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const hung = (silent.address() as AddressInfo).port;
    const key = host.publicKey('host');
    host.pin(`[127.0.0.1]:${door.port} ${key}\n[127.0.0.1]:${hung} ${key}\n`);
    const block = (id: string, port: number) =>
      logOf(host).replace('id: many', `id: ${id}`).replace(`port: ${host.port}`, `port: ${port}`);
    const sound = Array.from({ length: HOSTS }, (_, at) => block(`host${at}`, door.port));
    fleet = new Fleet([block('hung', hung), ...sound], { ssh: 'timeout: 3s, concurrency: 16' });
    await fleet.pass();
  });
  after(async () => {
    await fleet.remove();
    door.server.close();
    silent.close();
    await host.remove();
  });

  it('all are read, a bounded number at a time', async () => {
    const events = await fleet.events();
    assert.equal(new Set(events.map(({ target }) => target)).size, HOSTS);
    assert.equal(events.length, HOSTS);
    // A connection that is told goodbye may still be closing when the next one opens.
    assert.ok(door.most() > 4 && door.most() <= 2 * 16, `${door.most()} at a time`);
  });

  it('one that accepts and says nothing is told, and holds up no other', async () => {
    const silences = await fleet.findings('source-silent');
    assert.deepEqual(
      silences.map(({ subject }) => subject.uid),
      ['hung'],
    );
    assert.match(JSON.stringify(silences), /timeout: the host does not answer in time/);
  });
});
