import assert from 'node:assert/strict';
import { test } from 'node:test';
import { okta } from '../../src/sources/okta/okta.ts';
import { changed, controls, controlsOf, decodeFixture, line, recordsOf, told } from './provider-support.ts';
import { decodeText } from './support.ts';

const RECORDS = recordsOf('okta/system-log.json');
const one = (type: string): Record<string, unknown> => {
  const record = RECORDS.find(
    ({ eventType, outcome }) => eventType === type && JSON.stringify(outcome).includes('SUCC'),
  );
  assert.ok(record !== undefined, type);
  return record;
};
const START = one('user.session.start');

test('the synthetic log gives exactly these events', () => {
  const decoded = decodeFixture(okta, 'okta/system-log.json');
  assert.deepEqual(decoded.events.map(line), [
    'credential.issue null alice@example.org@null',
    'credential.issue null alice@example.org@null',
    'credential.issue console alice@example.org@AWS IAM Identity Center',
    'access.open console alice@example.org@okta-admin-console',
    'access.open console system@okta.com@okta-admin-console',
  ]);
  assert.deepEqual(controls(decoded), [
    'okta:system.log_stream.lifecycle.deactivate to the archive off',
    'okta:user.mfa.factor.reset_all Bob Lab ?',
  ]);
  assert.equal(decoded.screen.length, RECORDS.length);
});

test('the same log over an event bus gives the same events', () => {
  const uids = (path: string) => decodeFixture(okta, path).events.map(({ uid }) => uid);
  assert.deepEqual(uids('okta/event-bus.jsonl'), uids('okta/system-log.json'));
});

test('an event tells who, from where, and its own id', () => {
  const [event] = decodeText(okta, JSON.stringify(START)).events;
  assert.deepEqual(
    [event?.program, event?.time, event?.resolution, event?.origin, event?.assumed],
    ['okta', Date.parse('2026-11-22T10:00:00.123Z'), 1, { ip: '198.51.100.7', port: null }, []],
  );
  assert.deepEqual(event?.detail.cloud, {
    provider: 'okta',
    service: 'okta',
    action: 'user.session.start',
    eventId: START['uuid'],
    account: null,
    region: null,
    identity: 'User',
    arn: '00u1synthalice0001',
    issuedKey: '102synthsession01',
  });
});

test('single sign-on leads back to the sign-in by the session', () => {
  const { events } = decodeFixture(okta, 'okta/system-log.json');
  const sso = events.find(({ detail }) => detail.cloud?.action === 'user.authentication.sso');
  const start = events.find(({ detail }) => detail.cloud?.action === 'user.session.start');
  assert.equal(sso?.detail.cloud?.usedKey, '102synthsession01');
  assert.equal(start?.detail.cloud?.issuedKey, sso?.detail.cloud?.usedKey);
  assert.equal(start?.detail.cloud?.usedKey, undefined);
});

test('a second factor is told; other ways of authentication are not taken for one', () => {
  const mfa = (type: string) =>
    decodeText(okta, JSON.stringify(changed(START, { eventType: type }))).events[0]?.detail.cloud?.mfa;
  assert.equal(mfa('user.authentication.auth_via_mfa'), true);
  assert.equal(mfa('user.authentication.auth_via_IDP'), undefined);
});

test('failures, challenges and other events are no access', () => {
  const ADMIN = one('user.session.access_admin_app');
  assert.equal(told(okta, ADMIN).length, 1);
  assert.equal(told(okta, changed(ADMIN, { 'outcome.result': 'ALLOW' })).length, 1);
  for (const result of ['FAILURE', 'SKIPPED', 'DENY', 'CHALLENGE', 'UNKNOWN', null, undefined])
    assert.deepEqual(told(okta, changed(ADMIN, { 'outcome.result': result })), [], String(result));
  for (const eventType of [
    'user.session.end',
    'user.session.start2',
    'constructor',
    'user.authentication.verify',
  ])
    assert.deepEqual(told(okta, changed(ADMIN, { eventType })), [], eventType);
});

test('changes that failed, and events of similar names, are no change', () => {
  const stop = one('system.log_stream.lifecycle.deactivate');
  assert.equal(controlsOf(okta, stop).length, 1);
  assert.deepEqual(controlsOf(okta, changed(stop, { eventType: 'system.log_stream.lifecycle.activate' })), [
    'okta:system.log_stream.lifecycle.activate to the archive on',
  ]);
  assert.deepEqual(controlsOf(okta, changed(stop, { 'outcome.result': 'FAILURE' })), []);
  for (const eventType of [
    'system.log_stream.lifecycle',
    'policy.rule.add',
    'toString',
    'user.mfa.factor.activate',
  ])
    assert.deepEqual(controlsOf(okta, changed(stop, { eventType })), [], eventType);
});

test('what was typed at a failed sign-in goes nowhere, nor does debug data', () => {
  const { events, rejects, screen } = decodeFixture(okta, 'okta/system-log.json');
  assert.ok(RECORDS.some((record) => JSON.stringify(record).includes('hunter2')));
  assert.ok(!JSON.stringify([events, rejects, screen.map(({ event }) => event)]).includes('hunter2'));
  const failed = screen.find(({ record }) => JSON.stringify(record).includes('"alternateId":"hunter2"'));
  assert.equal(failed?.event.account, 'unknown');
});

test('placeholders are no ids: such records are told apart by their place', () => {
  const bare = changed(START, { uuid: '...', 'authenticationContext.externalSessionId': '...' });
  const { events } = decodeText(okta, JSON.stringify([bare, bare]));
  assert.equal(new Set(events.map(({ uid }) => uid)).size, 2);
  assert.equal(new Set(events.map(({ detail }) => detail.cloud?.eventId)).size, 2);
  assert.equal(events[0]?.detail.cloud?.issuedKey, undefined);
});

test('a time that cannot be read is a reject', () => {
  const codes = (changes: Record<string, unknown>) =>
    decodeText(okta, JSON.stringify(changed(START, changes))).rejects.map(({ code }) => code);
  assert.deepEqual(codes({ published: 'yesterday' }), ['bad-time']);
  assert.deepEqual(codes({ published: '' }), ['no-time']);
  assert.deepEqual(codes({ published: undefined }), ['unknown-shape']);
});
