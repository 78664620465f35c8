import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { kubernetes } from '../../src/sources/kubernetes/kubernetes.ts';
import * as k8s from '../support/kubernetes.ts';
import { decodeText } from './support.ts';

function eventsOf(...records: readonly k8s.AuditRecord[]): readonly Event[] {
  const { events, rejects } = decodeText(kubernetes, k8s.lines(records), { host: null });
  assert.deepEqual(rejects, []);
  return events;
}

/** The opening that a complete request tells. */
function opening(record: k8s.AuditRecord): Event {
  const [open, close, ...more] = eventsOf(record);
  assert.ok(open?.kind === 'access.open' && close?.kind === 'access.close' && more.length === 0);
  return open;
}

const withUser = (user: k8s.AuditRecord): k8s.AuditRecord => k8s.exec({ user });

test('every field of an exec', () => {
  const open = opening(k8s.exec());
  assert.deepEqual(open, {
    uid: open.uid,
    kind: 'access.open',
    time: 1_795_341_600_118.374,
    resolution: 0.001,
    assumed: [],
    seq: 0,
    stream: 'web01/auth.log',
    program: 'kubernetes',
    target: 'shop/web-0/app',
    reportedHost: null,
    path: 'k8s-exec',
    account: 'alice@example.org',
    actor: null,
    origin: { ip: '10.99.0.10', port: null },
    credential: null,
    session: { cloudSession: `${k8s.AUDIT_ID}@1795341600118.374` },
    detail: {
      command: 'sh',
      cloud: {
        provider: 'kubernetes',
        service: 'kubernetes',
        action: 'pods/exec',
        eventId: k8s.AUDIT_ID,
        account: null,
        region: null,
        identity: 'User',
        arn: 'alice@example.org',
      },
    },
    ref: { source: 'web01/auth.log', record: '1' },
  });
});

test('the subresource decides and never the verb', () => {
  for (const verb of ['get', 'create', 'connect', '']) {
    assert.equal(opening(k8s.exec({ verb })).path, 'k8s-exec', verb);
  }
  assert.equal(opening(k8s.podRequest('attach')).path, 'k8s-exec');
  assert.equal(opening(k8s.podRequest('portforward')).path, 'k8s-forward');
  for (const subresource of ['log', 'status', 'eviction', 'binding', 'execute', '']) {
    assert.deepEqual(eventsOf(k8s.podRequest(subresource)), [], subresource);
  }
  const other = { resource: 'widgets', namespace: 'shop', name: 'web-0', subresource: 'exec' };
  assert.deepEqual(eventsOf(k8s.exec({ objectRef: other })), []);
});

test('a debug container that is added is an access; looking at them or trying it out is none', () => {
  const patch = { verb: 'patch', responseStatus: { code: 200 } };
  const open = opening(k8s.podRequest('ephemeralcontainers', '', patch));
  assert.deepEqual([open.path, open.target], ['k8s-exec', 'shop/web-0']);
  assert.deepEqual(eventsOf(k8s.podRequest('ephemeralcontainers', '', { ...patch, verb: 'get' })), []);
  assert.deepEqual(eventsOf(k8s.podRequest('ephemeralcontainers', '?dryRun=All', patch)), []);
});

test('the stages of one request: received opens nothing, started opens, complete opens and ends', () => {
  const stage = (name: string, stageTimestamp: string) => k8s.exec({ stage: name, stageTimestamp });
  const told = (...records: readonly k8s.AuditRecord[]) =>
    eventsOf(...records).map(({ kind, time }) => [kind, time]);
  const received = stage('RequestReceived', k8s.RECEIVED);
  const started = stage('ResponseStarted', k8s.STARTED);
  const complete = stage('ResponseComplete', k8s.COMPLETED);
  const from = Date.parse('2026-11-22T10:00:00Z') + 118.374;
  const to = Date.parse('2026-11-22T10:07:31Z') + 902.611;
  assert.deepEqual(told(received), []);
  assert.deepEqual(told(started), [['access.open', from]]);
  assert.deepEqual(told(complete), [
    ['access.open', from],
    ['access.close', to],
  ]);
  assert.deepEqual(told(stage('Panic', k8s.COMPLETED)), [['access.close', to]]);
  const sessions = new Set(eventsOf(received, started, complete).map(({ session }) => session.cloudSession));
  assert.equal(sessions.size, 1);
});

test('what was refused or failed is no access', () => {
  for (const code of [400, 401, 403, 404, 500]) {
    assert.deepEqual(eventsOf(k8s.exec({ responseStatus: { code } })), [], String(code));
  }
  const forbidden = { 'authorization.k8s.io/decision': 'forbid' };
  assert.deepEqual(eventsOf(k8s.exec({ annotations: forbidden, responseStatus: {} })), []);
  for (const responseStatus of [{ code: 101 }, { code: 200 }, { code: 399 }, {}, undefined]) {
    assert.equal(opening(k8s.exec({ responseStatus })).path, 'k8s-exec');
  }
});

test('a request that reuses the id of an earlier one is not hidden behind it', () => {
  const first = eventsOf(k8s.exec({ stage: 'ResponseStarted' }));
  const again = k8s.exec({
    stage: 'ResponseStarted',
    requestReceivedTimestamp: '2026-11-22T10:00:00.118375Z',
  });
  const second = eventsOf(again);
  assert.notEqual(first[0]?.uid, second[0]?.uid);
  assert.notEqual(first[0]?.session.cloudSession, second[0]?.session.cloudSession);
  assert.deepEqual(eventsOf(k8s.exec({ stage: 'ResponseStarted' })), first);
});

test('a record is the same event in another file, at another place', () => {
  const { events } = decodeText(kubernetes, k8s.lines([k8s.podRequest('log'), k8s.exec()]), { host: null });
  const uids = (all: readonly Event[]) => all.map(({ uid }) => uid);
  assert.deepEqual(uids(events), uids(eventsOf(k8s.exec())));
});

test('through a node runs whatever the kubelet is told to run', () => {
  for (const path of [
    '/exec/shop/web-0/app?command=sh',
    '/run/shop/web-0/app?cmd=id',
    '/attach/shop/web-0/app',
    '/cri/exec/token',
    '/RUN/shop/web-0/app',
    '/metrics/../run/shop/web-0/app',
    '/%65xec/shop/web-0/app',
    '/x%252frun%252fshop',
  ]) {
    const { path: reached, target } = opening(k8s.nodeRequest(path));
    assert.deepEqual([reached, target], ['k8s-exec', 'node-3'], path);
  }
  for (const path of [
    '/portForward/shop/web-0',
    '/logs/',
    '/containerLogs/shop/web-0/app',
    '/configz',
    '//metrics',
    '',
  ]) {
    assert.equal(opening(k8s.nodeRequest(path)).path, 'k8s-forward', path);
  }
  assert.equal(opening(k8s.nodeRequest('/x', { requestURI: undefined })).path, 'k8s-forward');
});

test('collectors that read health and metrics of a node reach nothing', () => {
  for (const path of [
    '/metrics',
    '/metrics/cadvisor',
    '/stats/summary',
    '/healthz',
    '/pods',
    '/metrics?x=1',
  ]) {
    assert.deepEqual(eventsOf(k8s.nodeRequest(path)), [], path);
  }
  assert.equal(opening(k8s.nodeRequest('/metrics', { verb: 'create' })).path, 'k8s-forward');
  assert.equal(opening(k8s.nodeRequest('/metrics/x/y')).path, 'k8s-forward');
});

test('a node is named without scheme and port', () => {
  for (const name of ['node-3', 'node-3:10250', 'https:node-3:10250', 'https:node-3:']) {
    const objectRef = { resource: 'nodes', name, subresource: 'proxy' };
    assert.equal(opening(k8s.nodeRequest('/run/x', { objectRef })).target, 'node-3', name);
  }
});

test('a forward is a tunnel, with the port where the query tells it', () => {
  const forwards = (query: string) => opening(k8s.podRequest('portforward', query)).detail.cloud?.forwards;
  assert.deepEqual(forwards('?ports=5432'), { host: null, port: 5432 });
  assert.deepEqual(forwards('?ports=5432,8080'), { host: null, port: 5432 });
  for (const query of ['', '?ports=', '?ports=0', '?ports=70000', '?ports=x']) {
    assert.deepEqual(forwards(query), { host: null, port: null }, query);
  }
  assert.equal(opening(k8s.exec()).detail.cloud?.forwards, undefined);
});

test('who impersonates is the actor, and who is impersonated the account', () => {
  const open = opening(k8s.exec({ impersonatedUser: { username: 'system:admin' } }));
  assert.deepEqual([open.account, open.actor], ['system:admin', 'alice@example.org']);
  assert.equal(open.detail.cloud?.arn, 'alice@example.org');
});

test('users by kind', () => {
  const identity = (username: string) => opening(withUser({ username })).detail.cloud?.identity;
  assert.equal(identity('system:serviceaccount:ci:runner'), 'ServiceAccount');
  assert.equal(identity('system:node:node-3'), 'Node');
  assert.equal(identity('system:admin'), 'System');
  assert.equal(identity('https://idp.example.org#alice'), 'User');
  assert.equal(opening(withUser({ uid: 'u-1' })).account, 'u-1');
  assert.equal(opening(withUser({})).account, 'unknown');
});

test('on EKS the key leads back to the caller, and only names that the caller did not choose are stable', () => {
  const eks = (arn: string, key: string) =>
    opening(
      withUser({
        username: 'admin',
        extra: {
          arn: [arn],
          canonicalArn: ['arn:aws:iam::111122223333:role/Admin'],
          accessKeyId: [key],
        },
      }),
    ).detail.cloud;
  const sts = 'arn:aws:sts::111122223333:assumed-role';
  const byProvider = eks(`${sts}/AWSReservedSSO_Admin_0123/alice@example.org`, 'ASIAEXAMPLEEXAMPLE01');
  assert.equal(byProvider?.arn, `${sts}/AWSReservedSSO_Admin_0123/alice@example.org`);
  assert.equal(byProvider?.usedKey, 'ASIAEXAMPLEEXAMPLE01');
  const byCaller = eks(`${sts}/Admin/bob`, 'not a key');
  assert.equal(byCaller?.arn, 'arn:aws:iam::111122223333:role/Admin');
  assert.equal(byCaller?.usedKey, undefined);
});

test('the last address is the one that the client cannot write itself', () => {
  const origin = (sourceIPs: unknown) => opening(k8s.exec({ sourceIPs })).origin?.ip;
  assert.equal(origin(['10.0.0.1', '203.0.113.7']), '203.0.113.7');
  assert.equal(origin(['2001:db8::7']), '2001:db8::7');
  for (const none of [[], ['x'], 'x', undefined]) assert.equal(origin(none), undefined);
});

test('of a command only a first word that is a program is kept, and nothing of the rest', () => {
  const command = (query: string) => {
    const events = eventsOf(k8s.podRequest('exec', query));
    assert.ok(!JSON.stringify(events).includes('hunter2'), query);
    return events[0]?.detail.command;
  };
  assert.equal(command('?command=sh&command=-c&command=echo+hunter2'), 'sh');
  assert.equal(command('?command=%2Fusr%2Fbin%2Fpython3.12&command=hunter2'), '/usr/bin/python3.12');
  for (const query of [
    '?command=PASSWORD%3Dhunter2',
    '?command=echo+hunter2',
    '?command=Hunter2Hunter2',
    '?command=%00hunter2',
    '?container=app',
    '',
  ]) {
    assert.equal(command(query), undefined, query);
  }
});

test('a container is named where the request names one that can be', () => {
  const target = (query: string) => opening(k8s.podRequest('attach', query)).target;
  assert.equal(target('?container=job-1'), 'shop/web-0/job-1');
  for (const query of ['', '?container=', '?container=a%2Fb', `?container=${'a'.repeat(64)}`]) {
    assert.equal(target(query), 'shop/web-0', query);
  }
});

test('the cluster stands before the target where the source or the folder names it', () => {
  const { events } = decodeText(kubernetes, k8s.lines([k8s.exec()]), { host: 'prod' });
  assert.equal(events[0]?.target, 'prod/shop/web-0/app');
  assert.equal(events[0]?.uid, eventsOf(k8s.exec())[0]?.uid);
});

test('times: the stage alone will do, an unreadable one is told', () => {
  const old = k8s.exec({ requestReceivedTimestamp: undefined });
  assert.deepEqual(new Set(eventsOf(old).map(({ time }) => time)).size, 1);
  for (const bad of [undefined, 'yesterday', 1795341600, null]) {
    const record = k8s.exec({ requestReceivedTimestamp: bad, stageTimestamp: bad });
    const { events, rejects } = decodeText(kubernetes, k8s.lines([record]));
    assert.deepEqual([events, rejects.map(({ code }) => code)], [[], ['no-time']]);
  }
});
