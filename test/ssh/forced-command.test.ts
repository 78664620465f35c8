import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { describeReal } from '../support/real/parts.ts';
import { type Outcome, run } from '../support/real/process.ts';
import { Host } from '../support/ssh/host.ts';

const SECRET = 'not for the eyes of a pull';

describeReal('the forced command of the pull key', ['sshd', 'ssh'], () => {
  let host: Host;
  before(async () => {
    host = await Host.start('gate', { forced: true, journalctl: '/bin/echo' });
    host.put('log/auth.log', '0123456789');
    host.put('log/auth.log.1', 'older');
    host.put('log/secret', SECRET);
    host.put('log/auth.logs', SECRET);
  });
  after(() => host.remove());

  function ask(request: string, ...options: string[]): Promise<Outcome> {
    const { address, port, user } = host.target;
    const checks = [
      '-o',
      `UserKnownHostsFile=${host.at('known_hosts')}`,
      '-o',
      'BatchMode=yes',
      '-F',
      'none',
    ];
    const to = ['-i', host.at('user'), '-p', String(port), ...checks, ...options, `${user}@${address}`];
    return run('ssh', [...to, request]);
  }

  it('lists, and reads a part of what it lists', async () => {
    const { stdout } = await ask('list');
    const names = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.slice(line.lastIndexOf('/') + 1));
    assert.deepEqual(names, ['auth.log', 'auth.log.1']);
    const part = await ask(`read ${host.identityOf('log/auth.log')} 3 4 ${host.at('log/auth.log')}`);
    assert.deepEqual([part.code, part.stdout], [0, '3456']);
  });

  it('reads the journal behind a cursor or since a time, by one fixed call', async () => {
    const { code, stdout } = await ask('journal s=ab12;i=1f');
    assert.equal(code, 0);
    assert.match(stdout, /^--quiet --no-pager --output=json --after-cursor=s=ab12;i=1f SYSLOG_FACILITY=4 /);
    assert.match((await ask('journal-since 1700000000')).stdout, /--since=@1700000000 /);
  });

  it('gives a file that was replaced since it was listed to nobody', async () => {
    const identity = host.identityOf('log/auth.log.1');
    assert.equal((await ask(`read ${identity} 0 9 ${host.at('log/auth.log')}`)).code, 75);
  });

  it('gives out nothing else, however it is asked', async () => {
    const auth = host.at('log/auth.log');
    const identity = host.identityOf('log/secret');
    const wrong = [
      `read ${identity} 0 99 ${host.at('log/secret')}`,
      `read ${identity} 0 99 ${host.at('log/auth.logs')}`,
      `read ${identity} 0 99 ${host.at('log')}/../log/secret`,
      `read ${identity} 0 99 ${auth} ${host.at('log/secret')}`,
      `read ${identity} 0 99 ${auth}\ncat ${host.at('log/secret')}`,
      `read ${identity} 0 99 '${host.at('log/secret')}'`,
      `read ${identity} 0 99 "${host.at('log/secret')}"`,
      `read ${identity} 0 99 $(cat ${host.at('log/secret')})`,
      `read ${identity} 0 99 \`cat ${host.at('log/secret')}\``,
      `read ${identity} 0 99 ${host.at('log')}/*`,
      `read ${identity} -1 99 ${auth}`,
      `read ${identity} 0x0 99 ${auth}`,
      `read --files0-from=x 0 99 ${auth}`,
      `list; cat ${host.at('log/secret')}`,
      `list && cat ${host.at('log/secret')}`,
      `list | cat ${host.at('log/secret')}`,
      `cat ${host.at('log/secret')}`,
      'journal --file=/etc/passwd',
      'journal s=1 --output=cat',
      'journal-since 1;id',
      'sh',
      '-c id',
      '',
      'list '.repeat(400),
    ];
    for (const request of wrong) {
      const { code, stdout } = await ask(request);
      assert.ok(code !== 0, `${JSON.stringify(request)} ended with ${code}`);
      assert.equal(stdout, '', JSON.stringify(request));
    }
  });

  it('opens no tunnel, terminal or file server', async () => {
    const tunnel = await ask('list', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1');
    assert.notEqual(tunnel.code, 0);
    assert.equal((await ask('sftp', '-s')).stdout, '');
    assert.match((await ask('list', '-tt')).stderr, /PTY allocation request failed/);
  });

  it('follows no link beside a log', async () => {
    await run('ln', ['-s', host.at('log/secret'), host.at('log/auth.log.2')]);
    assert.doesNotMatch((await ask('list')).stdout, /auth\.log\.2/);
    const forged = `read ${host.identityOf('log/secret')} 0 99 ${host.at('log/auth.log.2')}`;
    assert.deepEqual([(await ask(forged)).code, (await ask(forged)).stdout], [66, '']);
  });
});
