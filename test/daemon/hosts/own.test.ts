import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeReal } from '../../support/real/parts.ts';
import { Host } from '../../support/ssh/host.ts';
import { Fleet, logOf } from './fleet.ts';

describeReal("offrecord's own logins in the log that it reads", ['sshd'], () => {
  let host: Host;
  let fleet: Fleet;
  before(async () => {
    host = await Host.start('own');
    const [own, other] = [await host.fingerprint('user'), await host.fingerprint('stranger')];
    const login = (pid: number, ip: string, fingerprint: string, what: string) =>
      [
        `Connection from ${ip} port ${pid} on 127.0.0.1 port 22 rdomain ""`,
        `Accepted publickey for ${host.user} from ${ip} port ${pid} ssh2: ED25519 ${fingerprint}`,
        `User child is on pid ${pid + 1}`,
        `Starting session: ${what} for ${host.user} from ${ip} port ${pid} id 0`,
        `Disconnected from user ${host.user} ${ip} port ${pid}`,
      ]
        .map((text) => `2026-11-22T11:00:00.${pid}000+00:00 own sshd[${pid}]: ${text}\n`)
        .join('');
    host.put(
      'log/auth.log',
      [
        login(101, '127.0.0.1', own, "subsystem 'sftp'"),
        login(201, '203.0.113.9', own, "subsystem 'sftp'"),
        login(301, '127.0.0.1', own, 'shell on pts/0'),
        login(401, '127.0.0.1', other, "subsystem 'sftp'"),
      ].join(''),
    );
    fleet = new Fleet([logOf(host)]);
    await fleet.pass();
  });
  after(async () => {
    await fleet.remove();
    await host.remove();
  });

  it('are no gap; the same key from elsewhere or for a shell is, and so is any other key', async () => {
    const accesses = (await fleet.accesses()).toSorted(
      (a, b) => (a.origin?.port ?? 0) - (b.origin?.port ?? 0),
    );
    const told = accesses.map(({ origin, privileged, reasons }) => [
      origin?.port,
      privileged,
      reasons.map(({ code }) => code).find((code) => code.startsWith('own-')),
    ]);
    assert.deepEqual(told, [
      [101, false, 'own-access'],
      [201, true, 'own-key-misused'],
      [301, true, 'own-key-misused'],
      [401, true, undefined],
    ]);
    const gaps = await fleet.findings('no-recording');
    assert.equal(gaps.length, 3);
  });
});
