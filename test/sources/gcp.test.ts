import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gcp } from '../../src/sources/gcp/gcp.ts';
import { changed, controls, controlsOf, decodeFixture, line, recordsOf, told } from './provider-support.ts';
import { decodeText } from './support.ts';

const RECORDS = recordsOf('gcp/gcloud.json');
const at = (number: number): Record<string, unknown> => RECORDS[number - 1] ?? {};
const TUNNEL = at(1);
const VM = '1234567890123456789';

test('the synthetic entries give exactly these events', () => {
  const decoded = decodeFixture(gcp, 'gcp/sink.jsonl');
  assert.deepEqual(decoded.events.map(line), [
    'access.open ec2-connect alice@example.org@10.128.0.9',
    'access.close ec2-connect alice@example.org@10.128.0.9',
    `credential.issue ssh alice@example.org@${VM}`,
    `credential.issue sudo alice@example.org@${VM}`,
    `credential.issue ssh alice@example.org@${VM}`,
    `access.open serial-console alice_example_org@${VM}`,
    'access.open k8s-exec alice@example.org@lab/shop/db-0',
    'access.open k8s-forward alice@example.org@lab/shop/db-0',
  ]);
  assert.deepEqual(controls(decoded), [
    'compute:v1.compute.projects.setCommonInstanceMetadata projects/example-lab ?',
    'logging:google.logging.v2.ConfigServiceV2.DeleteSink projects/example-lab/sinks/to-archive off',
    'logging:google.logging.v2.ConfigServiceV2.CreateExclusion projects/example-lab/exclusions/quiet ?',
    'cloudresourcemanager:SetIamPolicy projects/example-lab off',
    'storage:storage.buckets.delete projects/_/buckets/recordings off',
  ]);
});

test('every form of an answer gives the same events', () => {
  const uids = (path: string) => decodeFixture(gcp, path).events.map(({ uid }) => uid);
  assert.deepEqual(uids('gcp/gcloud.json'), uids('gcp/sink.jsonl'));
  assert.deepEqual(uids('gcp/entries-list.json'), uids('gcp/sink.jsonl'));
});

test('a tunnel tells where it leads and which entry ends it', () => {
  const { events } = decodeFixture(gcp, 'gcp/sink.jsonl');
  const [open, close] = events;
  assert.deepEqual(open?.detail.cloud, {
    provider: 'gcp',
    service: 'iap',
    action: 'AuthorizeUser',
    eventId: 'synth0001abcd@2026-11-22T12:00:00.123456789Z',
    account: 'example-lab',
    region: 'europe-west3-a',
    identity: 'User',
    arn: null,
    forwards: { host: '10.128.0.9', port: 22 },
    resource: VM,
  });
  assert.equal(open.session.cloudSession, 'iap/example-lab/SYNT-HETI-COPE-RATI');
  assert.deepEqual(close?.session, open.session);
});

test('a tunnel without phase or operation is an access whose end nobody tells', () => {
  for (const path of ['operation', 'protoPayload.metadata']) {
    const { events } = decodeText(gcp, JSON.stringify(changed(TUNNEL, { [path]: undefined })));
    assert.deepEqual(
      events.map(({ kind, session }) => [kind, session]),
      [['access.open', {}]],
      path,
    );
  }
  assert.deepEqual(told(gcp, changed(TUNNEL, { 'protoPayload.requestMetadata': {} })), [
    `access.open ec2-connect alice@example.org@${VM}`,
  ]);
});

test('what was refused, or guards a web application, is no tunnel', () => {
  assert.equal(told(gcp, TUNNEL).length, 1);
  assert.equal(told(gcp, changed(TUNNEL, { 'protoPayload.status': { code: 0 } })).length, 1);
  assert.equal(told(gcp, changed(TUNNEL, { 'protoPayload.status': {} })).length, 1);
  for (const change of [
    { 'protoPayload.status': { code: 7 } },
    { 'protoPayload.status': { code: 'x' } },
    { 'protoPayload.serviceName': 'iap.example.org' },
    { 'protoPayload.methodName': 'AuthorizeUsers' },
    {
      'protoPayload.authorizationInfo': [{ permission: 'iap.tunnelInstances.accessViaIAP', granted: false }],
    },
    {
      'protoPayload.authorizationInfo': [
        { permission: 'iap.webServiceVersions.accessViaIAP', granted: true },
      ],
    },
  ])
    assert.deepEqual(told(gcp, changed(TUNNEL, change)), [], JSON.stringify(change));
});

test('OS Login tells by the policy that was asked for', () => {
  assert.deepEqual(told(gcp, changed(at(5), { 'protoPayload.request.policy': 'constructor' })), []);
  assert.deepEqual(told(gcp, changed(at(5), { 'protoPayload.request': {} })), []);
  assert.deepEqual(told(gcp, changed(at(5), { 'protoPayload.response': { success: false } })), []);
  assert.equal(told(gcp, changed(at(5), { 'protoPayload.response': { success: true } })).length, 1);
  assert.deepEqual(told(gcp, changed(at(5), { 'protoPayload.status': { code: 7 } })), []);
});

test('the machine is named by a label of the resource, of the entry, or by the path', () => {
  const bare = changed(at(5), { 'resource.labels.instance_id': undefined });
  const named = changed(bare, { 'protoPayload.resourceName': 'projects/p/zones/z/instances/db-1' });
  assert.deepEqual(told(gcp, named), ['credential.issue ssh alice@example.org@db-1']);
  assert.deepEqual(told(gcp, changed(named, { labels: { instance_id: '42' } })), [
    'credential.issue ssh alice@example.org@42',
  ]);
});

test('the project has one name, whatever the label says', () => {
  const account = (changes: Record<string, unknown>) =>
    decodeText(gcp, JSON.stringify(changed(TUNNEL, changes))).events[0]?.detail.cloud?.account;
  assert.equal(account({ 'resource.labels.project_id': '123456789012' }), 'example-lab');
  assert.equal(account({ logName: 'organizations/1/logs/x' }), 'example-lab');
});

test('keys count, other metadata does not, and no key is kept', () => {
  const METADATA = at(7);
  assert.ok(JSON.stringify(METADATA).includes('hunter2'));
  const { events, screen } = decodeText(gcp, JSON.stringify(METADATA));
  assert.deepEqual(events[0]?.credential, { type: 'publickey', id: null });
  assert.ok(!JSON.stringify([events, screen.map(({ event }) => event)]).includes('hunter2'));
  const keys = 'protoPayload.metadata.instanceMetadataDelta';
  assert.equal(told(gcp, changed(METADATA, { [keys]: { modifiedMetadataKeys: ['sshKeys'] } })).length, 1);
  assert.deepEqual(told(gcp, changed(METADATA, { [keys]: { addedMetadataKeys: ['my-ssh-keys'] } })), []);
  assert.equal(
    controlsOf(gcp, changed(METADATA, { [keys]: { addedMetadataKeys: ['enable-oslogin'] } })).length,
    1,
  );
  assert.deepEqual(controlsOf(gcp, METADATA), []);
  const project = { 'protoPayload.methodName': 'v1.compute.projects.setCommonInstanceMetadata' };
  assert.deepEqual(told(gcp, changed(METADATA, project)), [
    'credential.issue ssh alice@example.org@example-lab',
  ]);
});

test('the serial console lets in where its message says so', () => {
  const SERIAL = at(10);
  assert.equal(told(gcp, SERIAL).length, 1);
  assert.equal(
    told(gcp, changed(SERIAL, { 'protoPayload.serviceName': 'ssh-serialport.googleapis.com' })).length,
    1,
  );
  for (const change of [
    { 'protoPayload.status.message': 'Connection failed' },
    { 'protoPayload.status': undefined },
    { 'protoPayload.methodName': 'google.ssh-serialport.v1.reconnect' },
    { 'protoPayload.methodName': 'constructor' },
    { 'protoPayload.serviceName': 'ssh-serialport.example.org' },
  ])
    assert.deepEqual(told(gcp, changed(SERIAL, change)), [], JSON.stringify(change));
});

test('a session at the serial console ends with the entry of its operation', () => {
  const session = (changes: Record<string, unknown>) =>
    decodeText(gcp, JSON.stringify(changed(at(10), changes))).events.map(({ kind, session: ids }) => [
      kind,
      ids.cloudSession,
    ]);
  const id = 'serial/example-lab/1996synthserial';
  const end = { 'protoPayload.methodName': 'google.ssh-serialport.v1.disconnect', 'protoPayload.status': {} };
  assert.deepEqual(session({}), [['access.open', id]]);
  assert.deepEqual(session({ ...end, 'operation.first': false, 'operation.last': true }), [
    ['access.close', id],
  ]);
  assert.deepEqual(session({ operation: undefined }), [['access.open', undefined]]);
  assert.deepEqual(session({ ...end, operation: undefined }), []);
});

test('pods are told by the subresource and never by the verb', () => {
  const EXEC = at(12);
  const kinds = (method: string, resource = 'core/v1/namespaces/shop/pods/db-0/x') =>
    told(gcp, changed(EXEC, { 'protoPayload.methodName': method, 'protoPayload.resourceName': resource }));
  for (const verb of ['create', 'get']) {
    const pod = 'alice@example.org@lab/shop/db-0';
    assert.deepEqual(kinds(`io.k8s.core.v1.pods.exec.${verb}`), [`access.open k8s-exec ${pod}`]);
    assert.deepEqual(kinds(`io.k8s.core.v1.pods.attach.${verb}`), [`access.open k8s-exec ${pod}`]);
    assert.deepEqual(kinds(`io.k8s.core.v1.pods.portforward.${verb}`), [`access.open k8s-forward ${pod}`]);
    assert.deepEqual(kinds(`io.k8s.core.v1.nodes.proxy.${verb}`, 'core/v1/nodes/n1/proxy/run'), [
      'access.open k8s-forward alice@example.org@lab/n1',
    ]);
    assert.deepEqual(kinds(`io.k8s.core.v1.pods.${verb}`), []);
    assert.deepEqual(kinds(`io.k8s.core.v1.pods.log.${verb}`), []);
  }
});

test('a session in a pod whose begin and end are entries of their own is one session', () => {
  const part = (first: boolean, last: boolean) =>
    decodeText(gcp, JSON.stringify(changed(at(12), { operation: { id: 'op1', first, last } }))).events.map(
      ({ kind, session }) => [kind, session.cloudSession],
    );
  assert.deepEqual(part(true, false), [['access.open', 'gke/op1']]);
  assert.deepEqual(part(false, true), [['access.close', 'gke/op1']]);
  assert.deepEqual(part(true, true), [['access.open', undefined]]);
});

test('somebody who acts through a service account stands behind it', () => {
  const through = changed(TUNNEL, {
    'protoPayload.authenticationInfo': fieldsOf(at(19))['authenticationInfo'],
  });
  assert.deepEqual(told(gcp, through), [
    'access.open ec2-connect alice@example.org→robot@example-lab.iam.gserviceaccount.com@10.128.0.9',
  ]);
  const [event] = decodeText(gcp, JSON.stringify(through)).events;
  assert.equal(event?.detail.cloud?.identity, 'ServiceAccount');
  const { screen } = decodeText(gcp, JSON.stringify(at(19)));
  assert.equal(screen[0]?.event.origin, null, '`private` is no address');
});

test('calls that failed or change something else are no change', () => {
  assert.equal(controlsOf(gcp, at(15)).length, 1);
  const disabled = { 'protoPayload.methodName': 'google.logging.v2.ConfigServiceV2.UpdateSink' };
  assert.match(controlsOf(gcp, changed(at(15), disabled))[0] ?? '', /\?$/);
  assert.match(
    controlsOf(gcp, changed(at(15), { ...disabled, 'protoPayload.request.sink.disabled': true }))[0] ?? '',
    /off$/,
  );
  for (const methodName of ['GetSink', 'ListSinks', 'constructor'])
    assert.deepEqual(
      controlsOf(
        gcp,
        changed(at(15), { 'protoPayload.methodName': `google.logging.v2.ConfigServiceV2.${methodName}` }),
      ),
      [],
    );
  assert.deepEqual(controlsOf(gcp, changed(at(15), { 'protoPayload.serviceName': 'x.example.org' })), []);
  const deltas = 'protoPayload.serviceData.policyDelta.auditConfigDeltas';
  assert.match(controlsOf(gcp, changed(at(17), { [deltas]: [{ action: 'ADD' }] }))[0] ?? '', /\?$/);
  assert.deepEqual(controlsOf(gcp, changed(at(17), { [deltas]: [] })), []);
});

test('one insert id at another time, or in another log, is another entry', () => {
  const uid = (changes: Record<string, unknown>) =>
    decodeText(gcp, JSON.stringify(changed(TUNNEL, changes))).events[0]?.uid;
  assert.equal(uid({ receiveTimestamp: '2026-11-23T00:00:00Z' }), uid({}));
  assert.notEqual(uid({ timestamp: '2026-11-22T12:00:01Z' }), uid({}));
  assert.notEqual(uid({ logName: 'projects/example-lab/logs/other' }), uid({}));
});

function fieldsOf(record: Record<string, unknown>): Record<string, unknown> {
  return record['protoPayload'] as Record<string, unknown>;
}
