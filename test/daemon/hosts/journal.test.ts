import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeReal } from '../../support/real/parts.ts';
import { Host } from '../../support/ssh/host.ts';
import { blockOf, Fleet } from './fleet.ts';

const START = Date.parse('2026-11-22T11:00:00Z');

function entry(at: number): string {
  const time = String((START + at * 1000) * 1000);
  const hex = at.toString(16);
  return `${JSON.stringify({
    __CURSOR: `s=0639f3;i=${hex};b=6c7c6e;m=4fc7;t=4e66;x=84fa`,
    __REALTIME_TIMESTAMP: time,
    _SOURCE_REALTIME_TIMESTAMP: time,
    _BOOT_ID: '6c7c6e6c7c6e6c7c6e6c7c6e6c7c6e6c',
    _HOSTNAME: 'journal',
    _PID: String(1000 + at),
    _UID: '0',
    _COMM: 'sshd',
    SYSLOG_IDENTIFIER: 'sshd',
    MESSAGE: `Accepted publickey for alice from 10.9.9.9 port ${at} ssh2: ED25519 SHA256:pZqX0fEsL0XH4kYQJmRz7yq6H2aWf7vJ1uS3mC8dT5E`,
  })}\n`;
}

/** Stands for journalctl where no journal runs: gives the entries behind the cursor, or all of them. */
const JOURNALCTL = (file: string) => `#!/bin/sh
for one; do
  case $one in
    --after-cursor=*) exec awk -v cursor="\\"\${one#--after-cursor=}\\"" 'found { print } index($0, cursor) { found = 1 }' ${file} ;;
    --since=@*) exec cat ${file} ;;
  esac
done
exit 1
`;

describeReal('the journal of a host, by the forced command and a stand-in for journalctl', ['sshd'], () => {
  let host: Host;
  let fleet: Fleet;
  before(async () => {
    host = await Host.start('journal', { forced: true });
    host.put('pull.conf', `journal ${host.at('bin/journalctl')}\n`);
    host.put('bin/journalctl', JOURNALCTL(host.at('entries')));
    host.executable('bin/journalctl');
    host.put('entries', entry(1) + entry(2));
    fleet = new Fleet([blockOf(host, 'journal: true, via: command')]);
  });
  after(async () => {
    await fleet.remove();
    await host.remove();
  });

  it('is read from the beginning, then from its cursor on, and nothing twice', async () => {
    await fleet.pass();
    assert.deepEqual(await fleet.ports('journal'), [1, 2]);
    host.append('entries', entry(3));
    await fleet.pass();
    await fleet.pass();
    assert.deepEqual(await fleet.ports('journal'), [1, 2, 3]);
    assert.equal((await fleet.report('journal/journal'))?.records, 3);
  });

  it('an entry that is cut off comes whole in the next pull', async () => {
    host.append('entries', entry(4) + entry(5).slice(0, 200));
    await fleet.pass();
    assert.deepEqual(await fleet.ports('journal'), [1, 2, 3, 4]);
    host.append('entries', entry(5).slice(200));
    await fleet.pass();
    assert.deepEqual(await fleet.ports('journal'), [1, 2, 3, 4, 5]);
  });

  it('a cursor that is none is never asked for', async () => {
    const forged = entry(6).replace('s=0639f3', "s=1' --file=/etc/passwd '");
    host.append('entries', forged);
    await fleet.pass();
    host.append('entries', entry(7));
    await fleet.pass();
    const ports = await fleet.ports('journal');
    assert.deepEqual(ports, [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(
      await (await fleet.store())
        .cursor('journal/journal')
        .then((one) => JSON.stringify(one).includes('file')),
      false,
    );
  });
});
