import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeReal } from '../../support/real/parts.ts';
import { Host } from '../../support/ssh/host.ts';
import { blockOf, Fleet, logOf, loginLine } from './fleet.ts';

for (const via of ['sftp', 'command'] as const) {
  describeReal(`logs of a host by ${via}`, ['sshd'], () => {
    let host: Host;
    let fleet: Fleet;
    before(async () => {
      host = await Host.start(`logs-${via}`, { forced: via === 'command' });
      fleet = new Fleet([logOf(host, `, via: ${via}`)]);
      host.put('log/auth.log', loginLine(1) + loginLine(2));
    });
    after(async () => {
      await fleet.remove();
      await host.remove();
    });

    it('the first pull reads what is there', async () => {
      await fleet.pass();
      assert.deepEqual(await fleet.ports(host.name), [1, 2]);
    });

    it('the next one reads what came, and holds back half a line', async () => {
      host.append('log/auth.log', loginLine(3) + loginLine(4).slice(0, 40));
      await fleet.pass();
      assert.deepEqual(await fleet.ports(host.name), [1, 2, 3]);
      host.append('log/auth.log', loginLine(4).slice(40));
      await fleet.pass();
      assert.deepEqual(await fleet.ports(host.name), [1, 2, 3, 4]);
    });

    it('a renamed log is read to its end under its new name, and the new one from its beginning', async () => {
      host.append('log/auth.log', loginLine(5));
      host.rotate('log/auth.log');
      host.append('log/auth.log.1', loginLine(6));
      host.append('log/auth.log', loginLine(7));
      await fleet.pass();
      assert.deepEqual(await fleet.ports(host.name), [1, 2, 3, 4, 5, 6, 7]);
    });

    it('a log that was copied and emptied is read on from both', async () => {
      host.append('log/auth.log', loginLine(8));
      host.copyTruncate('log/auth.log');
      host.append('log/auth.log', loginLine(9));
      await fleet.pass();
      await fleet.pass();
      assert.deepEqual(await fleet.ports(host.name), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const stream = `${host.name}${host.at('log/auth.log')}`;
      assert.equal((await fleet.report(stream))?.records, 9);
      assert.equal((await fleet.report(stream))?.error, null);
    });
  });
}

describeReal('hosts that are not as they should be', ['sshd'], () => {
  let hosts: Host[];
  let fleet: Fleet;
  before(async () => {
    hosts = await Promise.all(['sound', 'replaced', 'revoked', 'barred'].map((name) => Host.start(name)));
    for (const host of hosts) host.put('log/auth.log', loginLine(1));
    const [sound, replaced, revoked, barred] = hosts as [Host, Host, Host, Host];
    const other = blockOf(barred, 'files: [/nowhere/auth.log]').replaceAll(
      barred.at('user'),
      barred.at('stranger'),
    );
    fleet = new Fleet([logOf(sound), logOf(replaced), logOf(revoked), other]);
    await replaced.replaceKey();
    revoked.pin(
      `[127.0.0.1]:${revoked.port} ${revoked.publicKey('host')}\n@revoked * ${revoked.publicKey('host')}\n`,
    );
    await fleet.pass();
  });
  after(async () => {
    await fleet.remove();
    await Promise.all(hosts.map((host) => host.remove()));
  });

  it('the one in order is read', async () => {
    assert.deepEqual(await fleet.ports('sound'), [1]);
  });

  it('a changed or revoked key is told as such, and nothing is read behind it', async () => {
    assert.deepEqual(await fleet.ports('replaced'), []);
    assert.deepEqual(await fleet.ports('revoked'), []);
    const tampered = await fleet.findings('source-tampered');
    assert.deepEqual(tampered.map(({ subject }) => subject.uid).toSorted(), ['replaced', 'revoked']);
    assert.match(
      JSON.stringify(tampered),
      /host-key-changed.*host-key-revoked|host-key-revoked.*host-key-changed/,
    );
  });

  it('a host that shows another key never sees the own one', () => {
    assert.doesNotMatch(hosts[1]?.said ?? '', /publickey|key ED25519/);
    assert.match(hosts[0]?.said ?? '', /Accepted publickey/);
  });

  it('a key that is not let in is told as an unreadable source alone', async () => {
    const silent = await fleet.findings('source-silent');
    const [barred] = silent.filter(({ subject }) => subject.uid === 'barred');
    assert.match(JSON.stringify(barred), /denied: the host does not accept the user/);
    assert.ok(!silent.some(({ subject }) => subject.uid.startsWith('sound')));
  });
});
