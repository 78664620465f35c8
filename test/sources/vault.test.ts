import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { recogniseFormat } from '../../src/sources/registry.ts';
import { vault } from '../../src/sources/vault/vault.ts';
import * as hcv from '../support/vault.ts';
import { counts, decodeAll, decodeText } from './support.ts';

const FIXTURES = new URL('../fixtures/sources/', import.meta.url);

const decode = (entry: hcv.Entry, host: string | null = null) => {
  const decoded = decodeText(vault, hcv.lines([entry]), { host });
  assert.deepEqual(decoded.rejects, []);
  return decoded;
};

const read = (auth: hcv.Entry, parts: hcv.CallParts = {}): hcv.Entry =>
  hcv.call('data/payroll', 'kv', 'secret', { auth, operation: 'read', ...parts });

test('whatever a root token does is a use of it; another token that reads a secret is no access', () => {
  const [use, ...more] = decode(read(hcv.root())).events;
  assert.equal(more.length, 0);
  assert.deepEqual(
    [use?.kind, use?.path, use?.account, use?.target, use?.detail.cloud?.action, use?.detail.cloud?.identity],
    ['access.use', 'secret', 'root', 'vault', 'read secret', 'root'],
  );
  assert.deepEqual(decode(read(hcv.caller())).events, []);
  assert.deepEqual(decode(read(hcv.caller('x', { policies: ['root-ca'] }))).events, []);
  assert.deepEqual(decode(read(hcv.root(), { entry: { error: 'x' } })).events, []);
});

test('a root token of another name is still used as root', () => {
  const who = (name: string) => {
    const [use] = decode(read({ ...hcv.root(), display_name: name })).events;
    return [use?.account, use?.actor];
  };
  assert.deepEqual(who('root'), ['root', null]);
  assert.deepEqual(who('token-ci'), ['root', 'token-ci']);
});

test('a root token that hands out a credential does both', () => {
  const entry = hcv.call('sign/prod', 'ssh', 'ssh', { auth: hcv.root(), answered: {} });
  assert.deepEqual(counts(decode(entry).events), { 'credential.issue ssh': 1, 'access.use secret': 1 });
});

test('the server is the source’s host or folder, and the namespace stands behind it', () => {
  const target = (host: string | null, namespace: hcv.Entry) =>
    decode(read(hcv.root(), { request: { namespace } }), host).events[0];
  assert.equal(target(null, { id: 'root' })?.target, 'vault');
  assert.equal(target('vault-eu', { id: 'root' })?.target, 'vault-eu');
  const inside = target('vault-eu', { id: 'x', path: 'team-a/' });
  assert.deepEqual([inside?.target, inside?.detail.cloud?.account], ['vault-eu/team-a', 'team-a']);
});

function changed(path: string, operation: string, parts: hcv.CallParts = {}): readonly unknown[] | null {
  const { screen } = decode(hcv.call(path, 'system', 'sys', { operation, ...parts }));
  const [one, ...more] = screen;
  assert.ok(one !== undefined && more.length === 0);
  const { control, cloud } = one.event.detail;
  return one.always ? [control, cloud?.resource, cloud?.state] : null;
}

test('changes of the audit log', () => {
  assert.deepEqual(changed('audit/file', 'delete'), ['vault:audit-disable', 'sys/audit/file', 'off']);
  assert.deepEqual(changed('audit/file', 'update'), ['vault:audit-enable', 'sys/audit/file', 'on']);
  assert.deepEqual(changed('audit/file', 'create'), ['vault:audit-enable', 'sys/audit/file', 'on']);
  assert.deepEqual(changed('audit-hash/file', 'update'), [
    'vault:audit-hash',
    'sys/audit-hash/file',
    undefined,
  ]);
  for (const operation of ['update', 'delete']) {
    assert.deepEqual(changed('config/auditing/request-headers/x', operation), [
      'vault:audit-headers',
      'sys/config/auditing/request-headers/x',
      undefined,
    ]);
  }
  assert.deepEqual(changed('seal', 'update'), ['vault:seal', 'sys/seal', undefined]);
});

test('reading settings, failures, and the same names elsewhere change nothing', () => {
  for (const path of ['audit', 'audit/file', 'config/auditing/request-headers/x']) {
    assert.equal(changed(path, 'read'), null, path);
  }
  assert.equal(changed('seal-status', 'read'), null);
  assert.equal(changed('mounts/audit/file', 'delete'), null);
  assert.equal(changed('audit/file', 'delete', { entry: { error: 'permission denied' } }), null);
  assert.deepEqual(
    decode(hcv.call('audit/file', 'system', 'sys', { entry: { type: 'request' } })).screen,
    [],
  );
  const { screen } = decode(hcv.call('audit/file', 'kv', 'secret', { operation: 'delete' }));
  assert.equal(screen[0]?.always, false);
});

test('entries of releases that name neither mount nor kind are read by the usual mounts', () => {
  const old = { mount_type: undefined, mount_point: undefined };
  const kinds = (entry: hcv.Entry) => decode(entry).events.map(({ detail }) => detail.cloud?.action);
  assert.deepEqual(kinds(hcv.call('sign/prod', 'ssh', 'ssh', { request: old, answered: {} })), ['ssh-sign']);
  assert.deepEqual(kinds(hcv.call('sign/prod', 'ssh', 'ca', { request: old, answered: {} })), []);
  const made = hcv.caller('token-ci');
  assert.deepEqual(kinds(hcv.call('create', 'token', 'auth/token', { request: old, made })), [
    'token-create',
  ]);
  assert.deepEqual(changed('audit/file', 'delete', { request: old }), [
    'vault:audit-disable',
    'sys/audit/file',
    'off',
  ]);
});

test('in a namespace engines have kinds of their own', () => {
  const request = { mount_type: 'ns_system', namespace: { id: 'x', path: 'team-a/' } };
  assert.deepEqual(changed('audit/file', 'delete', { request })?.[0], 'vault:audit-disable');
});

test('a device that writes everything in clear gives away nothing of it', () => {
  const secret = 'hunter2';
  const token = { client_token: secret, accessor: secret };
  const entries = [
    hcv.call('sign/prod', 'ssh', 'ssh', {
      auth: hcv.caller('alice', token),
      asked: { public_key: secret, extensions: secret },
      answered: { signed_key: secret, serial_number: secret },
      request: { client_token: secret, headers: { 'x-vault-token': [secret] } },
    }),
    hcv.call('creds/otp', 'ssh', 'ssh', { answered: { key: secret, ip: '10.99.0.21', username: 'root' } }),
    hcv.call('creds/app', 'database', 'db', { operation: 'read', answered: { password: secret } }),
    hcv.call('sts/ops', 'aws', 'aws', { answered: { secret_key: secret, security_token: secret } }),
    hcv.call('create', 'token', 'auth/token', { made: { ...hcv.caller('token-x'), ...token } }),
    hcv.call(`revoke/${secret}`, 'token', 'auth/token', { auth: hcv.root() }),
    hcv.call(`lookup/${secret}`, 'token', 'auth/token', { auth: hcv.root(), entry: { error: secret } }),
  ];
  for (const entry of entries) {
    const { events, screen } = decode(entry);
    assert.ok(events.length + screen.length > 0);
    assert.ok(!JSON.stringify([events, screen]).includes(secret), JSON.stringify(entry));
  }
});

test('a request is one event, whichever device, file or place it comes from', () => {
  const entry = read(hcv.root());
  const elsewhere = decodeText(vault, hcv.lines([read(hcv.caller()), entry]), { host: 'vault-eu' });
  assert.deepEqual(
    elsewhere.events.map(({ uid }) => uid),
    decode(entry).events.map(({ uid }) => uid),
  );
  const other = read(hcv.root(), { request: { id: 'another-id' } });
  assert.notEqual(decode(other).events[0]?.uid, decode(entry).events[0]?.uid);
});

test('wrapped entries are found and recognised', () => {
  const entry = read(hcv.root());
  const text = JSON.stringify(entry);
  for (const wrapped of [
    text,
    JSON.stringify([entry]),
    JSON.stringify({ stream: 'stdout', log: text }),
    JSON.stringify({ logEvents: [{ id: '1', timestamp: 1, message: text }] }),
  ]) {
    assert.deepEqual(decodeText(vault, wrapped, { host: null }).events.length, 1, wrapped.slice(0, 40));
    assert.equal(recogniseFormat(Buffer.from(wrapped))?.format.type, 'vault', wrapped.slice(0, 40));
  }
});

test('a first entry longer than what is looked at is recognised by its keys', () => {
  const long = read(hcv.caller(), { asked: { x: 'x'.repeat(100_000) } });
  assert.equal(vault.recognise(Buffer.from(JSON.stringify(long)).subarray(0, 65_536)), 1);
  const other = { ...long, request: { ...(long['request'] as hcv.Entry), mount_type: undefined } };
  assert.equal(vault.recognise(Buffer.from(JSON.stringify(other)).subarray(0, 65_536)), 0);
});

test('what is no entry is rejected, and so is one without a time', () => {
  const codes = (value: unknown) => decodeText(vault, JSON.stringify(value)).rejects.map(({ code }) => code);
  const entry = read(hcv.caller());
  assert.deepEqual(codes({ ...entry, type: 'other' }), ['unknown-shape']);
  assert.deepEqual(codes({ ...entry, request: 'x' }), ['unknown-shape']);
  assert.deepEqual(codes({ ...entry, request: { id: '', path: 'x' } }), ['unknown-shape']);
  assert.deepEqual(codes({ ...entry, time: undefined }), ['no-time']);
  assert.deepEqual(codes({ ...entry, time: 'yesterday' }), ['bad-time']);
});

test('the format takes no file of another one', () => {
  for (const folder of readdirSync(FIXTURES)) {
    for (const { name, parentPath } of readdirSync(new URL(`${folder}/`, FIXTURES), {
      recursive: true,
      withFileTypes: true,
    }).filter((one) => one.isFile())) {
      const head = readFileSync(`${parentPath}/${name}`).subarray(0, 65_536);
      assert.equal(vault.recognise(head), folder === 'vault' ? 1 : 0, `${folder}/${name}`);
    }
  }
});

/** Synthetic, with the fields of Vault's audit/types.go: no entry of a real server. */
test('the sample log gives exactly these events', () => {
  const { events, screen } = decodeAll(vault, readFileSync(new URL('vault/audit.log', FIXTURES)));
  assert.deepEqual(
    events.map(({ kind, path, account, detail }) => [kind, path, account, detail.cloud?.action]),
    [
      ['credential.issue', 'ssh', 'root', 'ssh-sign'],
      ['credential.issue', 'ssh', 'prod', 'ssh-sign'],
      ['credential.issue', 'ssh', 'root', 'ssh-creds'],
      ['credential.issue', 'db', 'readonly', 'database-creds'],
      ['credential.issue', 'api-role', 'deploy', 'aws-creds'],
      ['credential.issue', 'api-role', 'ops', 'azure-creds'],
      ['credential.issue', 'api-role', 'ops', 'gcp-creds'],
      ['credential.issue', 'secret', 'token-ci', 'token-create'],
      ['access.use', 'secret', 'root', 'read secret'],
      ['access.use', 'secret', 'root', 'delete sys'],
      ['access.use', 'secret', 'root', 'update sys'],
    ],
  );
  const controls = screen.flatMap(({ always, event }) => (always ? [event.detail.control] : []));
  assert.deepEqual(controls, ['vault:audit-disable', 'vault:audit-enable', 'vault:audit-hash']);
});

test('whatever stands in a field, the entry is read or rejected', () => {
  const entries = [
    read(hcv.root()),
    hcv.call('sign/prod', 'ssh', 'ssh', { asked: {}, answered: {} }),
    hcv.call('create', 'token', 'auth/token', { made: hcv.caller('token-ci') }),
  ];
  const outer = fc.constantFrom('time', 'auth', 'request', 'response', 'error');
  const inner = fc.constantFrom('policies', 'accessor', 'data', 'auth', 'path', 'mount_point', 'namespace');
  fc.assert(
    fc.property(fc.constantFrom(...entries), outer, inner, fc.jsonValue(), (entry, key, part, value) => {
      for (const changed of [value, { ...(entry[key] as hcv.Entry), [part]: value }]) {
        const text = JSON.stringify({ ...entry, [key]: changed });
        const { events, rejects, screen } = decodeText(vault, text, { host: null });
        assert.equal(rejects.length + screen.length, 1, text);
        for (const { time, account } of events) assert.ok(Number.isFinite(time) && account !== '', text);
      }
    }),
  );
});
