import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionize } from '../../src/correlate/sessionize.ts';
import type { Access } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import { kubernetes } from '../../src/sources/kubernetes/kubernetes.ts';
import { vault } from '../../src/sources/vault/vault.ts';
import { decodeText } from '../sources/support.ts';
import * as aws from '../support/cloudtrail.ts';
import * as k8s from '../support/kubernetes.ts';
import { trailEvents } from '../support/trail-events.ts';
import * as hcv from '../support/vault.ts';

const ofCluster = (...records: readonly k8s.AuditRecord[]): readonly Event[] =>
  decodeText(kubernetes, k8s.lines(records), { host: null }).events;
const ofVault = (...entries: readonly hcv.Entry[]): readonly Event[] =>
  decodeText(vault, hcv.lines(entries), { host: null }).events;
const accessesOf = (events: readonly Event[]): readonly Access[] => sessionize(events, new Map()).accesses;

describe('requests of a cluster as accesses', () => {
  const started = k8s.exec({ stage: 'ResponseStarted', stageTimestamp: k8s.STARTED });
  const complete = k8s.exec();
  const span = { opened: 1_795_341_600_118.374, closed: 1_795_342_051_902.611 };
  const spansOf = (...records: readonly k8s.AuditRecord[]) =>
    accessesOf(ofCluster(...records)).map(({ opened, closed }) => ({ opened, closed }));

  it('the stages of a session are one access, in whatever order, and also where the first was left out', () => {
    assert.deepEqual(spansOf(started, complete), [span]);
    assert.deepEqual(spansOf(complete, started), [span]);
    assert.deepEqual(spansOf(complete), [span]);
  });

  it('a session without its last record is open, and an end alone is nothing', () => {
    assert.deepEqual(spansOf(started), [{ ...span, closed: null }]);
    assert.deepEqual(spansOf(k8s.exec({ stage: 'Panic' })), []);
    assert.deepEqual(spansOf(started, k8s.exec({ stage: 'Panic' })), [span]);
  });

  it('a second request under the same id is a second access', () => {
    const again = k8s.exec({ requestReceivedTimestamp: '2026-11-22T10:05:00.000001Z' });
    assert.equal(accessesOf(ofCluster(started, complete, again)).length, 2);
  });

  it('a forward is a tunnel and an exec is none', () => {
    const [forward] = accessesOf(ofCluster(k8s.podRequest('portforward', '?ports=5432')));
    assert.deepEqual([forward?.cloud?.tunnel, forward?.cloud?.forwards?.port], [true, 5432]);
    assert.equal(accessesOf(ofCluster(complete))[0]?.cloud?.tunnel, false);
  });

  it('who impersonates stands before who is impersonated', () => {
    const [access] = accessesOf(ofCluster(k8s.exec({ impersonatedUser: { username: 'system:admin' } })));
    assert.deepEqual(access?.cloud?.chain, ['alice@example.org', 'system:admin']);
    assert.ok(!access?.cloud?.names.includes('system:admin'));
  });

  it('on EKS the chain leads through the role back to the person', () => {
    const key = 'ASIAROLEONEEXAMPLE11';
    const role = aws.assumeRole({ caller: aws.iamUser('alice'), role: 'admin', session: 'x', key });
    const user = { username: 'kubernetes-admin', extra: { accessKeyId: [key] } };
    const events = [...trailEvents([role]), ...ofCluster(k8s.exec({ user }))];
    const exec = accessesOf(events).find(({ path }) => path === 'k8s-exec');
    assert.deepEqual(exec?.cloud?.chain, ['alice', 'kubernetes-admin']);
    assert.ok(exec?.cloud?.names.includes('alice'));
  });
});

describe('root tokens of a vault as accesses', () => {
  const use = (id: string, time: string, auth = hcv.root()): hcv.Entry =>
    hcv.call('data/x', 'kv', 'secret', { auth, operation: 'read', request: { id }, entry: { time } });

  it('the uses of one token on one day are one access', () => {
    const accesses = accessesOf(ofVault(use('a', '2026-11-22T10:00:00Z'), use('b', '2026-11-22T11:00:00Z')));
    assert.deepEqual(
      accesses.map(({ path, account, opened, closed }) => [path, account, opened, closed]),
      [['secret', 'root', Date.parse('2026-11-22T10:00:00Z'), Date.parse('2026-11-22T11:00:00Z')]],
    );
  });

  it('another day, and another token, are others', () => {
    const first = use('a', '2026-11-22T10:00:00Z');
    const other = { ...hcv.root(), accessor: hcv.hashed('another') };
    assert.equal(accessesOf(ofVault(first, use('b', '2026-11-23T10:00:00Z'))).length, 2);
    assert.equal(accessesOf(ofVault(first, use('b', '2026-11-22T10:00:00Z', other))).length, 2);
  });

  it('a root token made by hand leads back to who made it', () => {
    const made = { ...hcv.root(), display_name: 'token' };
    const create = hcv.call('create', 'token', 'auth/token', {
      made,
      auth: hcv.caller('oidc-alice'),
      request: { id: 'c' },
    });
    const accesses = accessesOf(ofVault(create, use('a', '2026-11-22T11:00:00Z', made)));
    assert.deepEqual(accesses[0]?.cloud?.chain, ['oidc-alice', 'token', 'root']);
    assert.ok(accesses[0]?.cloud?.names.includes('oidc-alice'));
  });
});
