import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Screenable } from '../../src/model/event.ts';
import { kubernetes } from '../../src/sources/kubernetes/kubernetes.ts';
import * as k8s from '../support/kubernetes.ts';
import { decodeText } from './support.ts';

function offered(record: k8s.AuditRecord, host: string | null = null): readonly Screenable[] {
  const { screen, rejects } = decodeText(kubernetes, k8s.lines([record]), { host });
  assert.deepEqual(rejects, []);
  return screen;
}

/** What a request changes: kept without any rule; null where it changes nothing that counts. */
function changed(record: k8s.AuditRecord): readonly unknown[] | null {
  const [one, ...more] = offered(record);
  assert.ok(one !== undefined && more.length === 0);
  const { control, cloud } = one.event.detail;
  return one.always ? [control, cloud?.resource, cloud?.state] : null;
}

const gate = (verb: string, more: k8s.AuditRecord = {}): k8s.AuditRecord =>
  k8s.change(verb, 'validatingwebhookconfigurations', 'exec-recorder', {
    objectRef: {
      resource: 'validatingwebhookconfigurations',
      name: 'exec-recorder',
      apiGroup: 'admissionregistration.k8s.io',
    },
    ...more,
  });

const workload = (verb: string, resource: string, namespace: string, name: string, username = 'alice') =>
  k8s.change(verb, resource, name, { objectRef: { resource, namespace, name }, user: { username } });

test('webhooks and policies of admission: deletion is off, creation on, any other change neither', () => {
  const resource = 'validatingwebhookconfigurations/exec-recorder';
  const control = (verb: string) => `kubernetes:${verb}-validatingwebhookconfigurations`;
  assert.deepEqual(changed(gate('delete')), [control('delete'), resource, 'off']);
  assert.deepEqual(changed(gate('deletecollection')), [control('deletecollection'), resource, 'off']);
  assert.deepEqual(changed(gate('create')), [control('create'), resource, 'on']);
  assert.deepEqual(changed(gate('update')), [control('update'), resource, undefined]);
  assert.deepEqual(changed(gate('patch')), [control('patch'), resource, undefined]);
});

test('reading them, a refused or tried change, their status, and other groups are no changes', () => {
  for (const verb of ['get', 'list', 'watch']) assert.equal(changed(gate(verb)), null, verb);
  assert.equal(changed(gate('delete', { responseStatus: { code: 403 } })), null);
  assert.equal(changed(gate('delete', { requestURI: '/apis/x?dryRun=All' })), null);
  const status = { resource: 'apiservices', subresource: 'status', apiGroup: 'apiregistration.k8s.io' };
  assert.equal(changed(gate('update', { objectRef: status })), null);
  const binding = { resource: 'clusterrolebindings', name: 'x', apiGroup: 'rbac.authorization.k8s.io' };
  assert.equal(changed(gate('create', { objectRef: binding })), null);
});

test('aggregated APIs and audit sinks count, but not what the server registers itself', () => {
  for (const apiGroup of ['apiregistration.k8s.io', 'auditregistration.k8s.io']) {
    const objectRef = { resource: 'x', name: 'y', apiGroup };
    assert.deepEqual(changed(gate('delete', { objectRef })), ['kubernetes:delete-x', 'x/y', 'off']);
    assert.equal(changed(gate('delete', { objectRef, user: { username: 'system:apiserver' } })), null);
  }
});

test('deletion of what records or ships records', () => {
  assert.deepEqual(changed(workload('delete', 'daemonsets', 'logging', 'fluent-bit')), [
    'kubernetes:delete-daemonsets',
    'daemonsets/logging/fluent-bit',
    'off',
  ]);
  assert.deepEqual(changed(workload('delete', 'pods', 'teleport', 'agent-0')), [
    'kubernetes:delete-pods',
    'pods/teleport/agent-0',
    undefined,
  ]);
  assert.equal(changed(workload('delete', 'pods', 'shop', 'web-0')), null);
  assert.equal(changed(workload('delete', 'pods', 'shop', 'teleporter-0')), null);
  assert.equal(changed(workload('create', 'daemonsets', 'logging', 'fluent-bit')), null);
  assert.equal(changed(workload('delete', 'configmaps', 'logging', 'fluent-bit')), null);
});

test('a pod that the cluster itself moves is no deletion', () => {
  const by = (username: string) => changed(workload('delete', 'pods', 'logging', 'fluent-bit-x7', username));
  for (const username of [
    'system:node:node-3',
    'system:kube-scheduler',
    'system:serviceaccount:kube-system:daemon-set-controller',
  ]) {
    assert.equal(by(username), null, username);
  }
  assert.notEqual(by('system:serviceaccount:ci:runner'), null);
});

test('every complete request is offered once, and belongs to the cluster that is named', () => {
  for (const stage of ['RequestReceived', 'ResponseStarted']) {
    assert.deepEqual(offered(k8s.exec({ stage })), [], stage);
  }
  for (const stage of ['ResponseComplete', 'Panic']) assert.equal(offered(k8s.exec({ stage })).length, 1);
  assert.equal(offered(gate('delete'))[0]?.event.target, null);
  assert.equal(offered(gate('delete'), 'prod')[0]?.event.target, 'prod');
  assert.equal(offered(k8s.exec({ responseStatus: { code: 403 } }))[0]?.always, false);
});

test('rules see neither bodies nor the query', () => {
  const [one] = offered(
    k8s.podRequest('exec', '?command=sh&command=hunter2', {
      requestObject: { data: 'hunter2' },
      responseObject: { data: 'hunter2' },
    }),
  );
  assert.ok(!JSON.stringify(one).includes('hunter2'));
  const record = one?.record as k8s.AuditRecord;
  assert.equal(record['requestURI'], '/api/v1/namespaces/shop/pods/web-0/exec');
  assert.equal((record['objectRef'] as k8s.AuditRecord)['subresource'], 'exec');
});
