import assert from 'node:assert/strict';
import { test } from 'node:test';
import { event, read } from './support.ts';

const SU: readonly [string, string, string, string | undefined][] = [
  ['(to root) alice on pts/1', 'root', 'alice', 'pts/1'],
  ['(to root) alice on none', 'root', 'alice', undefined],
  ['(to root) root on pts/1', 'root', 'root', 'pts/1'],
  ['+ /dev/pts/1 alice:root', 'root', 'alice', 'pts/1'],
  ['+ pts/1 alice:root', 'root', 'alice', 'pts/1'],
  ['dcid to root on /dev/ttyp1', 'root', 'dcid', 'ttyp1'],
];

for (const [text, account, actor, tty] of SU) {
  test(`su: ${text}`, () => {
    assert.deepEqual(event('su', text), {
      kind: 'access.open',
      program: 'su',
      path: 'su',
      account,
      actor,
      session: tty === undefined ? { pid: 7 } : { pid: 7, tty },
      detail: { service: 'su' },
    });
  });
}

const NO_SU = [
  'FAILED SU (to root) alice on pts/1',
  'FAILED su for root by alice',
  '- /dev/pts/1 alice:root',
  'BAD SU ger to fwmaster on /dev/ttyp0',
  '(to nobody) root on none',
  '(to nobody) root on ???',
  '+ ??? root:nobody',
  'Successful su for root by alice',
];

for (const text of NO_SU) test(`no su: ${text}`, () => assert.equal(event('su', text), null));

test('pkexec runs a command as another account', () => {
  const text =
    'alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/home/alice] [COMMAND=/usr/bin/id -u]';
  assert.deepEqual(event('pkexec', text), {
    kind: 'access.open',
    program: 'pkexec',
    path: 'sudo',
    account: 'root',
    actor: 'alice',
    session: { pid: 7, tty: 'pts/0' },
    detail: { service: 'pkexec', command: '/usr/bin/id' },
  });
  assert.deepEqual(event('pkexec', text.replace('/dev/pts/0', 'unknown'))?.session, { pid: 7 });
  const denied =
    'alice: Error executing command as another user: Not authorized [USER=root] [TTY=unknown] [CWD=/] [COMMAND=/bin/sh]';
  assert.equal(event('pkexec', denied), null);
});

test('doas runs a command as another account', () => {
  const access = event('doas', 'alice ran command id -u as root from /home/alice');
  assert.deepEqual([access?.path, access?.account, access?.actor], ['sudo', 'root', 'alice']);
  assert.deepEqual(access?.detail, { service: 'doas', command: 'id' });
  assert.equal(event('doas', 'ddp ran command as ddpnfs: ls')?.account, 'ddpnfs');
  assert.equal(event('doas', 'failed command for alice: ls'), null);
  assert.equal(event('doas', 'failed auth for alice'), null);
});

test('doas: neither command nor directory can hide root', () => {
  for (const text of [
    'alice ran command echo x as nobody from / as root from /home/alice',
    'alice ran command id as root from /tmp/x as nobody from /y',
  ]) {
    assert.equal(event('doas', text)?.account, 'root', text);
  }
  assert.notEqual(read('doas', 'alice ran command id in a new wording').unparsed, null);
});

test('login on a console', () => {
  const user = event('login', 'LOGIN ON tty1 BY alice');
  assert.deepEqual([user?.path, user?.account, user?.session], ['console', 'alice', { pid: 7, tty: 'tty1' }]);
  const root = event('login', 'ROOT LOGIN ON ttyS0 FROM 10.0.0.9');
  assert.deepEqual([root?.account, root?.origin], ['root', { ip: '10.0.0.9', port: null }]);
  assert.equal(event('login', 'ROOT LOGIN ON tty1 FROM console.example.org')?.origin, undefined);
  assert.equal(event('login', 'FAILED LOGIN (1) on tty1 FOR root, Authentication failure'), null);
  assert.equal(event('login', 'DIALUP AT ttyS0 BY root'), null);
});
