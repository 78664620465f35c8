import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionFacts } from '../../src/aws/sessions.ts';
import { toSessionEvents } from '../../src/aws/sessions-events.ts';

const PLACE = { stream: 'aws/prod/eu-central-1/sessions', account: '111122223333', region: 'eu-central-1' };
const START = Date.UTC(2026, 10, 22, 10, 0, 0, 250);

const ENDED: SessionFacts = {
  id: 'alice-0123456789abcdef0',
  target: 'i-0abc',
  status: 'Terminated',
  startedAt: START,
  endedAt: START + 60_000,
  document: 'SSM-SessionManagerRunShell',
  owner: 'arn:aws:sts::111122223333:assumed-role/Admin/alice',
  reason: 'INC-7',
  s3Url: null,
  logGroupUrl: null,
};

function eventsOf(change: Partial<SessionFacts>) {
  return toSessionEvents([{ ...ENDED, ...change }], PLACE);
}

function openOf(change: Partial<SessionFacts>) {
  const [open] = eventsOf(change);
  assert.ok(open);
  return open;
}

describe('toSessionEvents', () => {
  it('an ended session is an opening and a close with its id', () => {
    const [open, close, ...rest] = eventsOf({});
    assert.deepEqual(rest, []);
    assert.equal(open?.kind, 'access.open');
    assert.equal(open.time, START);
    assert.equal(open.resolution, 1);
    assert.equal(open.program, 'cloudtrail');
    assert.equal(open.path, 'ssm-shell');
    assert.equal(open.target, 'i-0abc');
    assert.equal(open.account, 'Admin/alice');
    assert.deepEqual(open.session, { cloudSession: ENDED.id });
    assert.deepEqual(open.detail.cloud, {
      provider: 'aws',
      service: 'ssm',
      action: 'DescribeSessions',
      eventId: `session/${ENDED.id}/start`,
      account: '111122223333',
      region: 'eu-central-1',
      identity: 'AssumedRole',
      arn: ENDED.owner,
      documentClass: 'shell',
      document: 'SSM-SessionManagerRunShell',
      reason: 'INC-7',
    });
    assert.equal(close?.kind, 'access.close');
    assert.equal(close.time, START + 60_000);
    assert.deepEqual(close.session, open.session);
    assert.equal(close.detail.cloud?.eventId, `session/${ENDED.id}/end`);
    assert.notEqual(close.uid, open.uid);
  });

  it('an open session has no close', () => {
    const events = eventsOf({ endedAt: null, status: 'Connected' });
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['access.open'],
    );
  });

  it('uids depend on the id alone', () => {
    const uids = (change: Partial<SessionFacts>) => eventsOf(change).map(({ uid }) => uid);
    assert.deepEqual(uids({ status: 'Terminating', reason: null }), uids({}));
    assert.notDeepEqual(uids({ id: 'alice-0123456789abcdef1' }), uids({}));
  });

  it('events are numbered in their order', () => {
    const events = toSessionEvents([ENDED, { ...ENDED, id: 'bob-1' }], PLACE);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      [0, 1, 2, 3],
    );
  });

  it('the document tells the path', () => {
    const pathOf = (document: string | null) => {
      const { path, detail } = openOf({ document });
      return [path, detail.cloud?.documentClass, detail.cloud?.forwards !== undefined];
    };
    assert.deepEqual(pathOf(null), ['ssm-shell', 'shell', false]);
    assert.deepEqual(pathOf('AWS-StartSSHSession'), ['ssm-tunnel', 'tunnel', true]);
    assert.deepEqual(pathOf('AWS-StartPortForwardingSessionToRemoteHost'), ['ssm-tunnel', 'tunnel', true]);
    assert.deepEqual(pathOf('AWS-StartInteractiveCommand'), ['ssm-command', 'command', false]);
    assert.deepEqual(pathOf('corp-AWS-StartSSHSession'), ['ssm-shell', 'custom', false]);
  });

  it('a container is named as its cluster and task', () => {
    const task = '0123456789abcdef0123456789abcdef';
    const inContainer = openOf({ target: `ecs:prod_eu_${task}_${task}-265927825` });
    assert.deepEqual([inContainer.path, inContainer.target], ['ecs-exec', `prod_eu/${task}`]);
    const other = openOf({ target: `ecs:prod_${task}` });
    assert.deepEqual([other.path, other.target], ['ssm-shell', `ecs:prod_${task}`]);
  });

  it('owners are named as a trail names callers', () => {
    const whoIs = (owner: string | null) => {
      const { account, detail } = openOf({ owner });
      return [detail.cloud?.identity, account, detail.cloud?.namedByProvider];
    };
    assert.deepEqual(whoIs('arn:aws:iam::111122223333:user/ops/bob'), ['IAMUser', 'bob', undefined]);
    assert.deepEqual(whoIs('arn:aws:iam::111122223333:root'), ['Root', 'root', undefined]);
    assert.deepEqual(whoIs('arn:aws:sts::111122223333:federated-user/eve'), [
      'FederatedUser',
      'eve',
      undefined,
    ]);
    const signedIn = 'AWSReservedSSO_Admin_0123456789abcdef/alice@example.com';
    assert.deepEqual(whoIs(`arn:aws-cn:sts::111122223333:assumed-role/${signedIn}`), [
      'AssumedRole',
      signedIn,
      true,
    ]);
    assert.deepEqual(whoIs('alice'), ['Unknown', 'alice', undefined]);
    assert.deepEqual(whoIs(null), ['Unknown', null, undefined]);
  });
});
