import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../src/model/event.ts';
import { toDecimalSerial } from '../../src/sources/vault/issues.ts';
import { vault } from '../../src/sources/vault/vault.ts';
import * as hcv from '../support/vault.ts';
import { decodeText } from './support.ts';

function eventsOf(...entries: readonly hcv.Entry[]): readonly Event[] {
  const { events, rejects } = decodeText(vault, hcv.lines(entries), { host: null });
  assert.deepEqual(rejects, []);
  return events;
}

function only(entry: hcv.Entry): Event {
  const [event, ...more] = eventsOf(entry);
  assert.ok(event !== undefined && more.length === 0, `${more.length} further events`);
  return event;
}

const shape = ({ kind, path, account, actor, target }: Event) => [kind, path, account, actor, target];
const ALICE = 'oidc-alice@example.org';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG9mZnJlY29yZC10ZXN0LWtleS0wMTIzNDU2Nzg5YWI= alice@laptop';

const sign = (asked: hcv.Entry, answered: hcv.Entry, parts: hcv.CallParts = {}): hcv.Entry =>
  hcv.call('sign/prod', 'ssh', 'ssh', { asked, answered, ...parts });

test('every field of a certificate that was signed', () => {
  const event = only(
    sign(
      { public_key: KEY, valid_principals: 'root', key_id: 'alice-laptop' },
      { serial_number: '8f3a21c44e6d0b17', signed_key: hcv.hashed('certificate') },
    ),
  );
  assert.deepEqual(event, {
    uid: event.uid,
    kind: 'credential.issue',
    time: 1_795_341_600_153.201,
    resolution: event.resolution,
    assumed: [],
    seq: 0,
    stream: 'web01/auth.log',
    program: 'vault',
    target: null,
    reportedHost: null,
    path: 'ssh',
    account: 'root',
    actor: ALICE,
    origin: { ip: '10.99.0.10', port: 51234 },
    credential: {
      type: 'certificate',
      id: 'SHA256:SZ4yvAuZNucTyAyNogPmunCwCSXteVzUwDZbm5ZrLB0',
      keyId: 'alice-laptop',
      serial: '10320598623085988631',
    },
    session: {},
    detail: {
      cloud: {
        provider: 'vault',
        service: 'vault',
        action: 'ssh-sign',
        eventId: hcv.REQUEST_ID,
        account: null,
        region: null,
        identity: 'service',
        arn: hcv.ENTITY,
        usedKey: hcv.hashed(`accessor of ${ALICE}`),
      },
    },
    ref: { source: 'web01/auth.log', record: '1' },
  });
});

test('a hashed text counts as not there', () => {
  const event = only(
    sign(
      { public_key: hcv.hashed(KEY), valid_principals: hcv.hashed('root'), key_id: hcv.hashed('x') },
      { serial_number: hcv.hashed('8f3a21c44e6d0b17') },
    ),
  );
  assert.deepEqual(event.credential, { type: 'certificate', id: null });
  assert.equal(event.account, 'prod');
});

test('the account is the only principal, else the role', () => {
  const account = (valid_principals: string) => only(sign({ valid_principals }, {})).account;
  assert.equal(account('root'), 'root');
  assert.equal(account(' root '), 'root');
  for (const several of ['root,deploy', '', ',']) assert.equal(account(several), 'prod', several);
});

test('serials are written in hex, with or without separators, and read as sshd prints them', () => {
  assert.equal(toDecimalSerial('8f3a21c44e6d0b17'), '10320598623085988631');
  assert.equal(toDecimalSerial('8f:3a:21:c4:4e:6d:0b:17'), '10320598623085988631');
  assert.equal(toDecimalSerial('8F-3A-21-C4-4E-6D-0B-17'), '10320598623085988631');
  assert.equal(toDecimalSerial('10'), '16');
  assert.equal(toDecimalSerial('ffffffffffffffff'), '18446744073709551615');
  for (const none of ['1ffffffffffffffff', '', ':', '0x10', 'serial', null, '-', 'a'.repeat(1000)]) {
    assert.equal(toDecimalSerial(none), null, String(none));
  }
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (serial) => {
      assert.equal(toDecimalSerial(serial.toString(16)), serial.toString());
    }),
  );
});

test('what ssh engines hand out, wherever they are mounted, and what they do not', () => {
  const at = (path: string, operation = 'update', asked: hcv.Entry = {}) =>
    eventsOf(hcv.call(path, 'ssh', 'teams/ssh-ca', { operation, asked, answered: {} }));
  assert.equal(at('sign/prod')[0]?.detail.cloud?.action, 'ssh-sign');
  assert.equal(at('issue/prod')[0]?.detail.cloud?.action, 'ssh-issue');
  assert.equal(at('sign/prod', 'create').length, 1);
  for (const path of ['sign', 'sign/', 'sign/a/b', 'roles/prod', 'verify', 'lookup', 'config/ca']) {
    assert.deepEqual(at(path), [], path);
  }
  for (const operation of ['read', 'list', 'delete']) assert.deepEqual(at('sign/prod', operation), []);
  assert.deepEqual(at('sign/prod', 'update', { cert_type: 'host' }), []);
  assert.equal(at('sign/prod', 'update', { cert_type: 'user' }).length, 1);
  assert.deepEqual(eventsOf(hcv.call('sign/prod', 'kv', 'ssh', { answered: {} })), []);
});

test('a one-time password opens one host, where the log names it', () => {
  const creds = (answered: hcv.Entry) => shape(only(hcv.call('creds/otp', 'ssh', 'ssh', { answered })));
  const clear = { ip: '10.99.0.21', username: 'root', key: hcv.hashed('password') };
  assert.deepEqual(creds(clear), ['credential.issue', 'ssh', 'root', ALICE, '10.99.0.21']);
  const hidden = { ip: hcv.hashed('10.99.0.21'), username: hcv.hashed('root') };
  assert.deepEqual(creds(hidden), ['credential.issue', 'ssh', 'otp', ALICE, null]);
});

test('accounts of databases and roles of clouds', () => {
  const issue = (path: string, type: string) =>
    eventsOf(hcv.call(path, type, 'm', { operation: 'read', answered: {} })).map(shape);
  const db = (role: string) => [['credential.issue', 'db', role, ALICE, 'vault/m']];
  assert.deepEqual(issue('creds/readonly', 'database'), db('readonly'));
  assert.deepEqual(issue('static-creds/app', 'database'), db('app'));
  const api = (role: string) => [['credential.issue', 'api-role', role, ALICE, 'vault/m']];
  for (const [type, path] of [
    ['aws', 'creds/ops'],
    ['aws', 'sts/ops'],
    ['azure', 'creds/ops'],
    ['gcp', 'token/ops'],
    ['gcp', 'key/ops'],
    ['gcp', 'roleset/ops/token'],
    ['gcp', 'static-account/ops/key'],
  ] as const) {
    assert.deepEqual(issue(path, type), api('ops'), `${type} ${path}`);
  }
  for (const [type, path] of [
    ['database', 'config/main'],
    ['database', 'rotate-root/main'],
    ['aws', 'roles/ops'],
    ['azure', 'config'],
    ['gcp', 'roleset/ops'],
    ['gcp', 'roleset/ops/rotate'],
    ['kv', 'creds/ops'],
  ] as const) {
    assert.deepEqual(issue(path, type), [], `${type} ${path}`);
  }
});

test('the access key of AWS leads on where it is in clear', () => {
  const key = (access_key: string) =>
    only(hcv.call('sts/ops', 'aws', 'aws', { answered: { access_key } })).detail.cloud?.issuedKey;
  assert.equal(key('ASIAEXAMPLEEXAMPLE02'), 'ASIAEXAMPLEEXAMPLE02');
  assert.equal(key(hcv.hashed('ASIAEXAMPLEEXAMPLE02')), undefined);
  assert.equal(key('something else'), undefined);
});

test('a token made by hand leads back to who made it', () => {
  const child = hcv.caller('token-ci');
  const create = (path: string, parts: hcv.CallParts) =>
    eventsOf(hcv.call(path, 'token', 'auth/token', { made: child, ...parts }));
  for (const path of ['create', 'create-orphan', 'create/ci']) {
    const [event] = create(path, {});
    assert.deepEqual(event && shape(event), ['credential.issue', 'secret', 'token-ci', ALICE, null], path);
    assert.equal(event?.detail.cloud?.issuedKey, hcv.hashed('accessor of token-ci'));
  }
  const [asRoot] = create('create', { made: hcv.caller('token', { policies: ['root'] }) });
  assert.equal(asRoot?.account, 'root');
  for (const path of ['renew-self', 'lookup-self', 'revoke', 'roles/ci']) {
    assert.deepEqual(create(path, {}), [], path);
  }
  assert.deepEqual(create('create', { made: hcv.caller() }), [], 'its own token again');
});

test('an accessor that the log shows in clear is not kept', () => {
  const event = only(sign({}, {}, { auth: hcv.caller(ALICE, { accessor: 'clear-accessor' }) }));
  assert.match(event.detail.cloud?.usedKey ?? '', /^sha256:[0-9a-f]{64}$/);
  assert.ok(!JSON.stringify(event).includes('clear-accessor'));
});

test('the last share of a new root token', () => {
  const shares = (answered: hcv.Entry) =>
    eventsOf(hcv.call('generate-root/update', 'system', 'sys', { answered, auth: {} })).map(shape);
  assert.deepEqual(shares({ complete: true }), [['credential.issue', 'secret', 'root', 'unknown', null]]);
  assert.deepEqual(shares({ complete: false, progress: 1 }), []);
});

test('who calls: the display name, else the person, else the entity', () => {
  const actor = (auth: hcv.Entry) => only(sign({}, {}, { auth })).actor;
  assert.equal(actor(hcv.caller('ldap-bob')), 'ldap-bob');
  assert.equal(actor(hcv.caller('', { metadata: { username: 'bob' } })), 'bob');
  assert.equal(actor(hcv.caller('')), hcv.ENTITY);
  assert.equal(actor({}), 'unknown');
});

test('errors and refusals hand out nothing, and neither does a request', () => {
  const denied = hcv.caller(ALICE, { policy_results: { allowed: false } });
  assert.deepEqual(eventsOf(sign({}, {}, { auth: denied })), []);
  assert.deepEqual(eventsOf(sign({}, {}, { entry: { error: '1 error occurred' } })), []);
  assert.deepEqual(eventsOf(sign({}, {}, { entry: { type: 'request' } })), []);
  assert.equal(eventsOf(sign({}, {}, { entry: { error: '' } })).length, 1);
});
