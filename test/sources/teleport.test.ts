import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '../../src/model/event.ts';
import { recogniseFormat } from '../../src/sources/registry.ts';
import { teleport } from '../../src/sources/teleport/teleport.ts';
import { counts, decodeAll, decodeText, type Decoded } from './support.ts';

type Fields = Record<string, unknown>;

const SID = '5b7c0f7e-3a51-4c1f-9d6e-2f5f0f0c8a11';
const TIME = '2026-11-22T10:05:01.050Z';
const CODES: Record<string, string> = {
  'session.start': 'T2000I',
  'session.end': 'T2004I',
  'session.upload': 'T2005I',
  'user.login': 'T1000I',
  'cert.create': 'TC000I',
  exec: 'T3002I',
  scp: 'T3005I',
  sftp: 'TS001I',
  port: 'T3003I',
};

let made = 0;

function record(event: string, fields: Fields = {}): Fields {
  made += 1;
  return {
    ei: 0,
    event,
    code: CODES[event] ?? 'TXX00I',
    uid: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    time: TIME,
    cluster_name: 'teleport.example.org',
    user: 'alice',
    login: 'root',
    server_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    server_hostname: 'web01',
    'addr.local': '10.20.0.11:3022',
    'addr.remote': '10.30.4.7:51044',
    ...(event.startsWith('session.') ? { sid: SID } : {}),
    ...fields,
  };
}

const lines = (...records: readonly Fields[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('');
const decode = (...records: readonly Fields[]): Decoded => decodeText(teleport, lines(...records));

function eventsOf(...records: readonly Fields[]): readonly Event[] {
  const { events, rejects } = decode(...records);
  assert.deepEqual(rejects, []);
  return events;
}

function ofKind(kind: Event['kind'], ...records: readonly Fields[]): Event {
  const [event, ...more] = eventsOf(...records).filter((one) => one.kind === kind);
  assert.ok(event !== undefined && more.length === 0, `${more.length} further events`);
  return event;
}

const kinds = (...records: readonly Fields[]): string[] => eventsOf(...records).map(({ kind }) => kind);

test('every field of a session that its start tells', () => {
  const start = record('session.start', {
    size: '80:24',
    session_recording: 'node-sync',
    with_mfa: '0f0f',
    impersonator: 'bot-a',
    reason: 'INC-77',
    proto: 'ssh',
    user_kind: 1,
    server_sub_kind: 'teleport',
    access_requests: ['REQ-1'],
    forwarded_by: 'proxy-1',
  });
  const open = ofKind('access.open', start);
  assert.deepEqual(open, {
    uid: open.uid,
    kind: 'access.open',
    time: Date.parse(TIME),
    resolution: 1,
    assumed: [],
    seq: 0,
    stream: 'web01/auth.log',
    program: 'teleport',
    target: 'web01',
    reportedHost: null,
    path: 'ssh-shell',
    account: 'root',
    actor: 'alice',
    origin: { ip: '10.30.4.7', port: 51_044 },
    credential: { type: 'certificate', id: null, keyId: 'alice' },
    session: { cloudSession: SID },
    detail: {
      cloud: {
        provider: 'teleport',
        service: 'ssh',
        action: 'session.start',
        account: 'teleport.example.org',
        region: null,
        identity: 'human',
        arn: null,
        sourceIdentity: 'bot-a',
        mfa: true,
        reason: 'INC-77',
        brokered: { mode: 'node-sync', agentless: false, forwarded: true, requests: ['REQ-1'] },
        eventId: start['uid'],
      },
    },
    ref: { source: 'web01/auth.log', record: '1' },
  });
});

test('a log of every kind of event', () => {
  const bytes = readFileSync(new URL('../fixtures/sources/teleport/events.log', import.meta.url));
  assert.deepEqual(counts(decodeAll(teleport, bytes).events), {
    'credential.issue': 2,
    'access.open ssh-shell': 4,
    'recording.open ssh-shell': 1,
    'access.use ssh': 4,
    'access.close ssh-shell': 2,
    'recording.close ssh-shell': 1,
    'recording.stored': 1,
    'access.open ssh-exec': 3,
    'recording.open ssh-exec': 1,
    'access.close ssh-exec': 2,
    'recording.close ssh-exec': 1,
    'access.open ssh-sftp': 4,
    'access.close ssh-sftp': 1,
    'access.open ssh-forward': 1,
    'access.open k8s-exec': 3,
    'recording.open k8s-exec': 1,
    'access.close k8s-exec': 2,
    'recording.close k8s-exec': 1,
    'access.open rdp': 2,
    'access.close rdp': 1,
    'recording.close rdp': 1,
    'access.open db': 2,
    'access.close db': 1,
    'control.change teleport:session_recording_config.update': 1,
    'control.change teleport:role.updated': 1,
  });
});

test('whether it is a shell or a command: by the end, else by terminal or command, else it cannot be told', () => {
  const pathOf = (event: string, fields: Fields): unknown =>
    ofKind('access.open', record(event, fields)).path;
  assert.equal(pathOf('session.start', { size: '80:24', initial_command: ['top'] }), 'ssh-shell');
  assert.equal(pathOf('session.start', { initial_command: ['id'] }), 'ssh-exec');
  assert.equal(pathOf('session.start', { initial_command: [], size: '' }), 'ssh');
  assert.equal(pathOf('session.end', { interactive: true, initial_command: ['top'] }), 'ssh-shell');
  assert.equal(pathOf('session.end', { interactive: false }), 'ssh-exec');
  assert.equal(pathOf('session.end', {}), 'ssh');
});

test('a recording opens and closes only where a mode is named that is not off', () => {
  assert.deepEqual(kinds(record('session.start', { session_recording: 'proxy' })), [
    'access.open',
    'recording.open',
  ]);
  assert.deepEqual(kinds(record('session.start', { session_recording: 'off' })), ['access.open']);
  assert.deepEqual(kinds(record('session.start')), ['access.open']);
  const end = (mode: string): string[] => kinds(record('session.end', { session_recording: mode }));
  assert.deepEqual(end('node'), ['access.open', 'access.close', 'recording.close']);
  assert.deepEqual(end('off'), ['access.open', 'access.close']);
  const off = ofKind('access.close', record('session.end', { session_recording: 'off', interactive: true }));
  assert.deepEqual(off.detail.cloud?.brokered, { mode: 'off', interactive: true });
});

test('a host without an agent is marked, whatever the mode says', () => {
  const agentless = (kind: string): unknown =>
    ofKind('access.open', record('session.start', { server_sub_kind: kind })).detail.cloud?.brokered
      ?.agentless;
  assert.deepEqual(['openssh', 'openssh-ec2-ice', 'teleport'].map(agentless), [true, true, false]);
});

test('an end counts from when it says the session was over, unless that cannot be', () => {
  const spanOf = (began: string | undefined, stopped: string | undefined): unknown => {
    const events = eventsOf(record('session.end', { session_start: began, session_stop: stopped }));
    return events.map(({ time }) => new Date(time).toISOString().slice(11, 19));
  };
  assert.deepEqual(spanOf('2026-11-22T10:00:00.1Z', '2026-11-22T10:05:00Z'), ['10:00:00', '10:05:00']);
  assert.deepEqual(spanOf('2026-11-22T10:00:00.1Z', '2026-11-22T10:05:02Z'), ['10:00:00', '10:05:01']);
  assert.deepEqual(spanOf('2026-11-22T10:04:00Z', '2026-11-22T10:03:00Z'), ['10:04:00', '10:05:01']);
  assert.deepEqual(spanOf('2026-11-22T10:06:00Z', undefined), ['10:05:01', '10:05:01']);
  assert.deepEqual(spanOf('0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'), ['10:05:01', '10:05:01']);
  assert.deepEqual(spanOf(undefined, undefined), ['10:05:01', '10:05:01']);
});

test('the upload names its session alone', () => {
  const stored = ofKind('recording.stored', record('session.upload', { url: 's3://bucket/x' }));
  assert.deepEqual([stored.session, stored.target, stored.account], [{ cloudSession: SID }, null, null]);
  assert.doesNotMatch(JSON.stringify(stored), /bucket/);
  assert.deepEqual(kinds(record('session.upload', { sid: '' })), []);
});

test('an event is known by its id, wherever it comes from; two that share one are told apart by their session', () => {
  const one = record('session.start', { size: '80:24' });
  const uidOf = (fields: Fields, more = ''): unknown =>
    decodeText(teleport, more + lines(fields)).events.at(-1)?.uid;
  assert.equal(uidOf(one), uidOf(one, lines(record('resize'))));
  assert.equal(uidOf(one), uidOf({ message: JSON.stringify(one) }));
  assert.notEqual(uidOf(one), uidOf({ ...one, sid: 'another-session' }));
  assert.notEqual(
    uidOf({ ...one, uid: undefined }),
    uidOf({ ...one, uid: undefined }, lines(record('resize'))),
  );
});

test('names of the target: host name, id, then an address that is not loopback', () => {
  const targetOf = (fields: Fields): unknown => ofKind('access.open', record('session.start', fields)).target;
  const none = { server_hostname: '', server_id: '' };
  assert.equal(targetOf({ server_hostname: undefined }), 'f47ac10b-58cc-4372-a567-0e02b2c3d479');
  assert.equal(targetOf(none), '10.20.0.11');
  assert.equal(targetOf({ ...none, 'addr.local': '[2001:db8::1]:3022' }), '2001:db8::1');
  assert.equal(targetOf({ ...none, 'addr.local': '127.0.0.1:3022' }), null);
  assert.equal(targetOf({ ...none, 'addr.local': '[::1]:3022' }), null);
});

test('addresses of clients: with and without brackets and port; what is no address is none', () => {
  const originOf = (remote: string): unknown =>
    ofKind('access.open', record('session.start', { 'addr.remote': remote })).origin;
  assert.deepEqual(originOf('[2001:db8::7]:52044'), { ip: '2001:db8::7', port: 52_044 });
  assert.deepEqual(originOf('[::ffff:10.1.2.3]:22'), { ip: '10.1.2.3', port: 22 });
  assert.deepEqual(originOf('10.1.2.3'), { ip: '10.1.2.3', port: null });
  assert.deepEqual(originOf('10.1.2.3:0'), { ip: '10.1.2.3', port: null });
  for (const text of ['proxy.example.org:3022', '', '10.1.2.3:port', 'x'.repeat(500)])
    assert.equal(originOf(text), null);
});

test('a pod, a desktop and a database are reached on their own paths', () => {
  const kube = {
    proto: 'kube',
    kubernetes_cluster: 'prod',
    kubernetes_users: ['ops'],
    kubernetes_pod_name: 'api-0',
  };
  const pod = ofKind('access.open', record('session.start', { ...kube, kubernetes_pod_namespace: 'shop' }));
  assert.deepEqual([pod.path, pod.target, pod.account, pod.credential], ['k8s-exec', 'prod', 'ops', null]);
  assert.equal(pod.detail.cloud?.resource, 'shop/api-0');
  const desktop = {
    code: 'TDP00I',
    sid: SID,
    desktop_addr: '10.50.0.3:3389',
    windows_user: 'Administrator',
    success: true,
  };
  const rdp = ofKind('access.open', record('windows.desktop.session.start', desktop));
  assert.deepEqual(
    [rdp.path, rdp.target, rdp.account, rdp.actor],
    ['rdp', '10.50.0.3', 'Administrator', 'alice'],
  );
  const service = { code: 'TDB00I', sid: SID, db_service: 'orders', db_user: 'admin', db_name: 'shop' };
  const db = ofKind('access.open', record('db.session.start', service));
  assert.deepEqual(
    [db.path, db.target, db.account, db.detail.cloud?.resource],
    ['db', 'orders', 'admin', 'shop'],
  );
});

test('what was refused opens nothing; what failed by itself was done', () => {
  for (const [event, fields] of [
    ['windows.desktop.session.start', { code: 'TDP00W' }],
    ['db.session.start', { code: 'TDB00W', success: false }],
    ['db.session.start', { code: 'TDB00I', success: false }],
    ['scp', { code: 'T3010E' }],
    ['sftp', { code: 'TS020E' }],
    ['port', { code: 'T3003E' }],
    ['port', { code: 'T3003I', success: false }],
    ['port', { code: 'T3003S' }],
    ['session.rejected', { code: 'T1006W' }],
    ['user.login', { code: 'T1000W', success: false }],
    ['user.login', { code: 'T1010I', success: true }],
    ['cert.create', { cert_type: 'host', identity: { user: 'web01' } }],
  ] as const)
    assert.deepEqual(kinds(record(event, fields)), [], `${event} ${JSON.stringify(fields)}`);
  assert.deepEqual(kinds(record('exec', { code: 'T3002E', exitCode: '127', sid: SID })), [
    'access.open',
    'access.close',
  ]);
  assert.deepEqual(kinds(record('exec', { sid: SID })), ['access.open']);
  assert.deepEqual(kinds(record('scp', { code: 'T3004E', exitCode: '1' })), ['access.open']);
  assert.deepEqual(kinds(record('sftp', { code: 'TS006E', error: 'EOF' })), ['access.open']);
});

test('steps of a transfer without a session share their connection; those with one do not need to', () => {
  const sharedOf = (fields: Fields): unknown =>
    ofKind('access.open', record('sftp', fields)).detail.cloud?.sharedId;
  const shared = sharedOf({ sid: '' });
  assert.equal(sharedOf({ code: 'TS002I', sid: '' }), shared);
  for (const other of [
    { 'addr.remote': '10.30.4.7:51045' },
    { user: 'bob' },
    { time: '2026-11-23T00:00:00Z' },
  ])
    assert.notEqual(sharedOf({ sid: '', ...other }), shared);
  assert.equal(sharedOf({ sid: SID }), undefined);
  assert.equal(sharedOf({ sid: '', 'addr.remote': '' }), undefined);
});

test('a tunnel says where it leads', () => {
  const tunnel = ofKind('access.open', record('port', { addr: '[2001:db8::9]:22', success: true }));
  assert.deepEqual(
    [tunnel.path, tunnel.detail.cloud?.forwards],
    ['ssh-forward', { host: '2001:db8::9', port: 22 }],
  );
  const unclear = ofKind('access.open', record('port', { addr: 'unix socket' }));
  assert.deepEqual(unclear.detail.cloud?.forwards, { host: null, port: null });
  const pod = { proto: 'kube', kubernetes_cluster: 'prod', addr: 'api-0:80', code: 'T3003I' };
  assert.equal(ofKind('access.open', record('port', pod)).path, 'k8s-forward');
});

test('logins and certificates are what somebody was given, and no access', () => {
  const login = ofKind(
    'credential.issue',
    record('user.login', { method: 'saml', success: true, mfa_device: { mfa_device_uuid: 'k' } }),
  );
  assert.deepEqual(
    [login.account, login.actor, login.target, login.credential?.type],
    ['alice', null, 'teleport.example.org', 'saml'],
  );
  assert.equal(login.detail.cloud?.mfa, true);
  const identity = {
    user: 'bot-ci',
    expires: '2026-11-22T22:00:00Z',
    impersonator: 'ci',
    route_to_cluster: 'leaf',
  };
  const issue = ofKind(
    'credential.issue',
    record('cert.create', { cert_type: 'user', identity, user: undefined }),
  );
  assert.deepEqual(
    [
      issue.account,
      issue.target,
      issue.credential?.keyId,
      issue.detail.cloud?.sourceIdentity,
      issue.detail.cloud?.expires,
    ],
    ['bot-ci', 'leaf', 'bot-ci', 'ci', Date.parse('2026-11-22T22:00:00Z')],
  );
});

test('a changed configuration is neither off nor on: the event does not say what changed', () => {
  for (const name of ['session_recording_config.update', 'role.updated', 'external_audit_storage.disable']) {
    const change = ofKind(
      'control.change',
      record(name, { name: 'the-resource', user: undefined, updated_by: 'mallory' }),
    );
    assert.deepEqual(
      [
        change.detail.control,
        change.account,
        change.target,
        change.detail.cloud?.resource,
        change.detail.cloud?.state,
      ],
      [`teleport:${name}`, 'mallory', 'teleport.example.org', 'the-resource', undefined],
    );
  }
  assert.deepEqual(kinds(record('user.update')), []);
});

test('a kind that is not known counts by its time and is no reject', () => {
  const decoder = teleport.create({ stream: 's', host: null, zone: 'UTC', reference: Date.parse(TIME) });
  const place = { content: 'c', offset: 0, line: 1, seq: 0, file: 'f' };
  const bytes = Buffer.from(JSON.stringify(record('constructor', { code: 'TZZ01I' })));
  assert.deepEqual(decoder.decode(bytes, place), {
    events: [],
    rejects: [],
    time: Date.parse(TIME),
    host: null,
  });
});

test('a time that is missing or none is a reject', () => {
  const codesOf = (fields: Fields): string[] =>
    decode(record('session.start', fields)).rejects.map(({ code }) => code);
  assert.deepEqual(codesOf({ time: undefined }), ['no-time']);
  assert.deepEqual(codesOf({ time: 'yesterday' }), ['bad-time']);
  assert.deepEqual(codesOf({ code: 'X1' }), ['unknown-shape']);
});

test('wrappings: a collector, Splunk, an array, and objects over several lines', () => {
  const one = record('session.start', { size: '80:24' });
  const two = record('session.end', { interactive: true });
  for (const text of [
    lines({ message: JSON.stringify(one) }, { log: `${JSON.stringify(two)}\n` }),
    lines({ time: 1_795_341_600, host: 'fw', event: one }, { event: two }),
    JSON.stringify([one, two]),
    JSON.stringify([one, two], null, 2),
    `${JSON.stringify(one, null, 2)}\n${JSON.stringify(two, null, 2)}\n`,
  ]) {
    const { events, rejects } = decodeText(teleport, text);
    assert.deepEqual(rejects, [], text.slice(0, 60));
    assert.deepEqual(
      events.map(({ uid }) => uid),
      eventsOf(one, two).map(({ uid }) => uid),
      text.slice(0, 60),
    );
    assert.equal(recogniseFormat(Buffer.from(text))?.format.type, 'teleport', text.slice(0, 60));
  }
});

test('a line that a crash cut off spoils no other', () => {
  const [first, second] = [record('session.start', { size: '80:24' }), record('session.end')];
  const text = `${lines(first).slice(0, 90)}\n${lines(second)}`;
  const { events, rejects } = decodeText(teleport, text);
  assert.deepEqual(
    rejects.map(({ code }) => code),
    ['cut-off'],
  );
  assert.deepEqual(
    events.map(({ uid }) => uid),
    eventsOf(second).map(({ uid }) => uid),
  );
});

test('neither commands nor paths nor errors get into an event', () => {
  const secrets = {
    command: 'mysql -phunter2',
    initial_command: ['-phunter2'],
    path: '/hunter2',
    error: 'hunter2',
    argv: ['hunter2'],
  };
  for (const event of ['session.start', 'session.end', 'session.command', 'exec', 'scp', 'sftp', 'port'])
    assert.doesNotMatch(JSON.stringify(decode(record(event, { ...secrets, sid: SID }))), /hunter2/, event);
});

test('whatever stands in the fields of an event is read or left out', () => {
  const keys = Object.keys(record('session.start')).concat([
    'session_recording',
    'identity',
    'kubernetes_users',
    'user_kind',
    'session_start',
    'session_stop',
    'addr',
    'interactive',
  ]);
  const names = ['session.start', 'session.end', 'sftp', 'port', 'cert.create', 'user.login', 'role.updated'];
  const fields = fc.dictionary(
    fc.constantFrom(...keys.filter((key) => !['event', 'code', 'time'].includes(key))),
    fc.jsonValue(),
    { maxKeys: 6 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), fields, (name, changed) => {
      const { events, rejects } = decode(record(name, changed));
      assert.deepEqual(rejects, []);
      for (const event of events) assert.ok(Number.isFinite(event.time) && event.uid.startsWith('ev_'));
    }),
    { numRuns: 200 },
  );
});
