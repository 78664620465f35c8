import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entra } from '../../src/sources/entra/entra.ts';
import { changed, controls, controlsOf, decodeFixture, line, recordsOf, told } from './provider-support.ts';
import { decodeText } from './support.ts';

const TENANT = '0a1b2c3d-0000-4000-8000-00000000aaaa';
const [PORTAL = {}, MAIL = {}, , RENEWED = {}, ROBOT = {}] = recordsOf('entra/sign-ins.json');
const [ACTIVATION = {}, , , POLICY = {}] = recordsOf('entra/directory-audits.json');

const SIGN_INS = [
  `access.open console alice@example.org@${TENANT}`,
  'credential.issue null alice@example.org@null',
  `credential.issue console alice@example.org@${TENANT}`,
  `access.open api-role deploy-robot@${TENANT}`,
  `credential.issue api-role vm-web01@${TENANT}`,
];

test('the synthetic sign-ins give exactly these events', () => {
  assert.deepEqual(decodeFixture(entra, 'entra/sign-ins.json').events.map(line), SIGN_INS);
});

test('diagnostic settings give the same events, and those of the audit', () => {
  const lines = decodeFixture(entra, 'entra/diagnostics.jsonl');
  const hub = decodeFixture(entra, 'entra/event-hub.json');
  assert.deepEqual(lines.events.map(line), [
    ...SIGN_INS,
    `access.open api-role alice@example.org→Global Administrator@${TENANT}`,
  ]);
  const uids = (decoded: typeof lines) => decoded.events.map(({ uid }) => uid);
  assert.deepEqual(uids(hub), uids(lines));
  assert.deepEqual(uids(lines).slice(0, 5), uids(decodeFixture(entra, 'entra/sign-ins.json')));
  assert.deepEqual(controls(lines), [
    'Conditional Access:Update conditional access policy Require MFA for administrators ?',
  ]);
});

test('an event tells who, from where, and its own id', () => {
  const [event] = decodeText(entra, JSON.stringify(PORTAL)).events;
  assert.deepEqual([event?.program, event?.origin], ['entra', { ip: '198.51.100.8', port: null }]);
  assert.deepEqual(event?.detail.cloud, {
    provider: 'entra',
    service: 'signin',
    action: 'interactiveUser',
    eventId: PORTAL['id'],
    account: TENANT,
    region: null,
    identity: 'User',
    arn: PORTAL['userId'],
    mfa: true,
    resource: 'Windows Azure Service Management API',
  });
});

test('without the error code 0 nothing is an access', () => {
  for (const code of [50126, 1, '1', null, undefined, 'success'])
    assert.deepEqual(told(entra, changed(PORTAL, { 'status.errorCode': code })), [], String(code));
  const outer = {
    category: 'SignInLogs',
    time: '2026-11-22T11:00:00Z',
    properties: changed(PORTAL, { status: {} }),
  };
  assert.deepEqual(told(entra, { ...outer, resultType: '50126' }), []);
  assert.deepEqual(told(entra, outer), []);
  assert.equal(told(entra, { ...outer, resultType: '0' }).length, 1);
});

test('what administers Azure is known by its ids and by nothing that can be chosen', () => {
  const elsewhere = '00000003-0000-0000-c000-000000000000';
  const other = { resourceId: elsewhere, appId: elsewhere };
  assert.match(told(entra, changed(PORTAL, other))[0] ?? '', /^credential\.issue null/);
  assert.match(
    told(entra, changed(PORTAL, { ...other, appId: PORTAL['appId'] }))[0] ?? '',
    /^access\.open console/,
  );
  assert.match(
    told(entra, changed(MAIL, { resourceId: PORTAL['resourceId'] }))[0] ?? '',
    /^access\.open console/,
  );
  assert.match(
    told(entra, changed(MAIL, { appDisplayName: 'Azure Portal' }))[0] ?? '',
    /^credential\.issue null/,
  );
});

test('a token that was renewed opens nothing, in either form', () => {
  assert.match(told(entra, RENEWED)[0] ?? '', /^credential\.issue console/);
  assert.match(
    told(entra, changed(RENEWED, { signInEventTypes: undefined }))[0] ?? '',
    /^credential\.issue console/,
  );
  const outer = { category: 'NonInteractiveUserSignInLogs', properties: { ...RENEWED, isInteractive: true } };
  assert.match(told(entra, outer)[0] ?? '', /^credential\.issue console/);
});

test('a service principal is known without the type of its sign-in', () => {
  const bare = changed(ROBOT, { signInEventTypes: undefined, isInteractive: undefined });
  assert.match(told(entra, bare)[0] ?? '', /^access\.open api-role deploy-robot/);
});

test('the name that was typed at a failed sign-in goes nowhere', () => {
  const failed = changed(PORTAL, { 'status.errorCode': 50034, userPrincipalName: 'hunter2' });
  const { events, screen } = decodeText(entra, JSON.stringify(failed));
  assert.deepEqual(events, []);
  assert.equal(screen[0]?.event.account, PORTAL['userId']);
  const unknown = decodeText(entra, JSON.stringify(changed(failed, { userId: undefined })));
  assert.equal(unknown.screen[0]?.event.account, 'unknown');
});

test('reasons that people give are not kept', () => {
  const { events, screen } = decodeFixture(entra, 'entra/directory-audits.json');
  assert.ok(JSON.stringify(ACTIVATION).includes('hunter2'));
  assert.ok(!JSON.stringify([events, screen.map(({ event }) => event)]).includes('hunter2'));
});

test('an activation counts when it completed', () => {
  assert.equal(told(entra, ACTIVATION).length, 1);
  for (const activityDisplayName of [
    'Add member to role requested (PIM activation)',
    'Add member to role completed (PIM activation) ?',
    'Add member to role',
  ])
    assert.deepEqual(told(entra, changed(ACTIVATION, { activityDisplayName })), [], activityDisplayName);
  assert.deepEqual(told(entra, changed(ACTIVATION, { result: 'failure' })), []);
  assert.deepEqual(told(entra, changed(ACTIVATION, { result: undefined })), []);
});

test('an activation that the service carries out is that of whoever got the role', () => {
  const byService = changed(ACTIVATION, { initiatedBy: { user: null, app: { displayName: 'MS-PIM' } } });
  assert.deepEqual(told(entra, byService), [
    'access.open api-role alice@example.org→Global Administrator@entra',
  ]);
  const nobody = changed(byService, { targetResources: [] });
  assert.deepEqual(told(entra, nobody), ['access.open api-role MS-PIM→unknown role@entra']);
});

test('changes that failed, and activities of similar names, are no change', () => {
  assert.equal(controlsOf(entra, POLICY).length, 1);
  assert.equal(
    controlsOf(entra, changed(POLICY, { activityDisplayName: 'Update Conditional Access policy' })).length,
    1,
  );
  assert.deepEqual(controlsOf(entra, changed(POLICY, { result: 'failure' })), []);
  for (const activityDisplayName of ['Update policy', 'Update user', ''])
    assert.deepEqual(controlsOf(entra, changed(POLICY, { activityDisplayName })), [], activityDisplayName);
});
