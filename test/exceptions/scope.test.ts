import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitsScope } from '../../src/exceptions/scope.ts';
import type { ExceptionScope } from '../../src/model/exception.ts';
import { PATHS } from '../../src/model/path.ts';
import {
  access,
  assertAccepted,
  assertRefused,
  exception,
  KEY,
  outcomeOf,
  policy,
  record,
} from './support.ts';

function fits(scope: Partial<ExceptionScope>, part: Parameters<typeof access>[0] = {}): boolean {
  return fitsScope(exception({}, { targets: [], ...scope }).scope, access(part), policy());
}

test('every list that is given has to fit', () => {
  const all = { targets: ['web01'], accounts: ['root'], origins: ['10.99.0.10/32'], credentials: [KEY] };
  assert.ok(fits(all));
  assert.ok(!fits({ ...all, targets: ['db01'] }));
  assert.ok(!fits({ ...all, accounts: ['admin'] }));
  assert.ok(!fits({ ...all, origins: ['10.99.0.11/32'] }));
  assert.ok(!fits({ ...all, credentials: [`SHA256:${'A'.repeat(43)}`] }));
  assert.ok(!fits({ ...all, paths: ['ssh-exec'] }));
  assert.ok(!fits({ ...all, principals: ['bob'] }));
});

test('one entry of a list is enough', () => {
  assert.ok(fits({ targets: ['db01', 'web01'], paths: ['sudo', 'ssh-shell'] }));
});

test('targets fit by alias, address and spelling', () => {
  for (const name of ['web01', 'www', '10.99.0.3', 'WEB01', 'web*', '*'])
    assert.ok(fits({ targets: [name] }), name);
  for (const name of ['web0', 'web011', 'db*']) assert.ok(!fits({ targets: [name] }), name);
});

test('principals fit under any name, but only where someone is known to stand behind the account', () => {
  assert.ok(fits({ principals: ['labbob'] }, { principal: 'bob' }));
  assert.ok(!fits({ principals: ['carol'] }, { principal: 'bob' }));
  assert.ok(!fits({ principals: ['root'] }, { principal: null }));
  assert.ok(fits({ principals: ['svc-*'] }, { principal: 'svc-backup' }));
});

test('accounts are case-sensitive, as on the host', () => {
  assert.ok(!fits({ accounts: ['Root'] }));
  assert.ok(fits({ accounts: ['ro*'] }));
});

test('a credential fits by fingerprint or by certificate key id', () => {
  const certificate = { type: 'certificate', id: KEY, keyId: 'carol@corp ticket=CHG-1042' };
  assert.ok(fits({ credentials: ['carol@corp ticket=CHG-1042'] }, { credential: certificate }));
  assert.ok(fits({ credentials: ['carol@corp*'] }, { credential: certificate }));
  assert.ok(!fits({ credentials: ['carol@corp'] }, { credential: certificate }));
  assert.ok(!fits({ credentials: [KEY] }, { credential: null }));
  assert.ok(!fits({ credentials: ['carol*'] }, { credential: { type: 'publickey', id: KEY } }));
});

test('an origin fits its block, in IPv4 and IPv6', () => {
  assert.ok(fits({ origins: ['10.99.0.0/28'] }));
  assert.ok(!fits({ origins: ['10.99.0.0/29'] }));
  assert.ok(fits({ origins: ['10.99.0.10'] }, { origin: { ip: '::ffff:10.99.0.10', port: null } }));
  assert.ok(fits({ origins: ['2001:db8::/32'] }, { origin: { ip: '2001:db8::7', port: 1 } }));
  assert.ok(!fits({ origins: ['10.99.0.0/28'] }, { origin: null }));
  assert.ok(!fits({ origins: ['10.99.0.0/28'] }, { origin: { ip: 'UNKNOWN', port: null } }));
});

test('all that is wrong with an access has to be accepted', () => {
  assert.ok(fits({ checks: ['no-recording'] }));
  assert.ok(!fits({ checks: ['no-recording'] }, { checks: ['no-recording', 'recording-disabled'] }));
  assert.ok(fits({ checks: [] }, { checks: ['no-recording', 'recording-disabled'] }));
  assert.ok(!fits({ checks: [] }, { checks: ['recording-altered'] }), 'tampering must be named');
  assert.ok(fits({ checks: ['recording-altered'] }, { checks: ['recording-altered'] }));
});

test('a scope that matches everything is refused', () => {
  const boundless = [
    {},
    { targets: [], accounts: [] },
    { targets: ['*'], accounts: ['*'] },
    { targets: ['web01', '*'] },
    { targets: ['**'] },
    { origins: ['0.0.0.0/0', '::/0'] },
    { origins: ['0.0.0.0/1', '128.0.0.0/1'] },
    { paths: [...PATHS] },
    { checks: ['no-recording'] },
  ];
  for (const scope of boundless) {
    assertRefused(outcomeOf(record({ scope })), /^exception-invalid a\.yaml:4:8 `scope` matches everything/);
  }
});

test('a scope with one bound is accepted', () => {
  const bound = [
    { targets: ['*'], accounts: ['root'] },
    { targets: ['web*'] },
    { origins: ['10.0.0.0/8'] },
    { paths: ['ssh-shell'] },
    { principals: ['bob'], origins: ['0.0.0.0/0'] },
    { credentials: [KEY] },
  ];
  for (const scope of bound) assertAccepted(outcomeOf(record({ scope })), 'EXC-1');
});

test('entries of a scope are checked, for what never matches is no scope', () => {
  const refused: [object, RegExp][] = [
    [{ targets: ['web*01'] }, /`targets\[0\]` may hold a \* only at its end/],
    [{ origins: ['10.0.0.1', '10.0.0.256'] }, /`origins\[1\]` must be an address or a block/],
    [{ origins: ['10.0.0.0/33'] }, /`origins\[0\]` must be an address or a block/],
    [{ credentials: [KEY.slice(0, -1)] }, /`credentials\[0\]` must be a key fingerprint/],
    [{ credentials: ['SHA256:*'] }, /`credentials\[0\]` must be a key fingerprint/],
    [{ paths: ['ssh-shel'] }, /`paths\[0\]` must be one of .*; did you mean `ssh-shell`\?/],
    [{ accounts: 'root' }, /`accounts` must be a list/],
    [{ accounts: [''] }, /`accounts\[0\]` must be one line of text/],
  ];
  for (const [scope, message] of refused) assertRefused(outcomeOf(record({ scope })), message);
});

test('the measurement itself cannot be excepted', () => {
  const scope = (check: string): object => ({ targets: ['web01'], checks: [check] });
  const measurement = [
    'source-silent',
    'source-tampered',
    'source-anything-new',
    'time-assumed',
    'run-gap',
    'delivery-failing',
    'check-never-fed',
    'low-confidence-match',
    'alias-suggested',
    'exception-expired',
  ];
  for (const check of measurement) {
    assertRefused(outcomeOf(record({ scope: scope(check) })), /^exception-invalid .* cannot be excepted$/);
  }
  assertAccepted(outcomeOf(record({ scope: scope('recording-truncated') })), 'EXC-1');
});

test('a check that does not exist is told, where the checks are known', () => {
  const text = record({ scope: { targets: ['web01'], checks: ['no-recordng'] } });
  assertRefused(
    outcomeOf(text, { checks: ['no-recording'] }),
    /names no check; did you mean `no-recording`\?$/,
  );
  assertAccepted(outcomeOf(text, { checks: [] }), 'EXC-1');
});
