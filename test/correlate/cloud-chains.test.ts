import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toIdentity } from '../../src/correlate/identity.ts';
import { sessionize } from '../../src/correlate/sessionize.ts';
import type { Access, JudgedAccess } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import type { Inventory, Principal } from '../../src/model/inventory.ts';
import * as aws from '../support/cloudtrail.ts';
import { judgeFacts } from '../support/judge.ts';
import { trailEvents } from '../support/trail-events.ts';

const OTHER = '444455556666';
const ROLES = 'ASIAROLEONEEXAMPLE11';
const SECOND = 'ASIAROLETWOEXAMPLE22';
const at = (time: string) => `2026-11-22T${time}Z`;
const ms = (time: string) => Date.parse(at(time));

function person(id: string, ...aliases: readonly string[]): Principal {
  return { id, kind: 'human', aliases, keys: [], certificates: [], validFrom: null, validUntil: null };
}

/** Judged with an inventory of these people; aliases are those of `person`. */
function judged(records: readonly aws.TrailRecord[], ...principals: readonly Principal[]): JudgedAccess[] {
  const inventory: Inventory = { targets: [], principals };
  const change = { inventory, identity: toIdentity(inventory) };
  return [...judgeFacts(trailEvents(records), [], change).accesses];
}

function sessionOf(records: readonly aws.TrailRecord[], ...principals: readonly Principal[]): JudgedAccess {
  return judged(records, ...principals).find((one) => one.path === 'ssm-shell') ?? assert.fail();
}

const accessesOf = (events: readonly Event[]): readonly Access[] => sessionize(events, new Map()).accesses;

describe('who stands behind a session', () => {
  const alice = aws.iamUser('alice');
  const first = aws.assumeRole({
    caller: alice,
    role: 'admin',
    session: 'x',
    key: ROLES,
    time: at('10:00:00'),
  });
  const second = aws.assumeRole({
    caller: aws.assumedRole('admin', 'x', { key: ROLES }),
    role: 'node-admin',
    session: 'y',
    key: SECOND,
    time: at('10:01:00'),
  });
  const start = aws.startSession({
    caller: aws.assumedRole('node-admin', 'y', { key: SECOND }),
    time: at('10:02:00'),
  });

  it('user → role → role → session: the chain begins with the user, who is the principal', () => {
    const access = sessionOf(
      [first, second, start],
      person('a.smith', 'alice'),
      person('admins', 'node-admin'),
    );
    assert.deepEqual(access.cloud?.chain, ['alice', 'admin/x', 'node-admin/y']);
    assert.deepEqual(access.principal, { id: 'a.smith', kind: 'human' });
  });

  it('the order of records does not matter, and a missing link ends the chain', () => {
    const chainOf = (records: readonly aws.TrailRecord[]) => sessionOf(records).cloud?.chain;
    assert.deepEqual(chainOf([start, second, first]), ['alice', 'admin/x', 'node-admin/y']);
    assert.deepEqual(chainOf([start, second]), ['admin/x', 'node-admin/y']);
    assert.deepEqual(chainOf([start, first]), ['node-admin/y']);
    assert.equal(sessionOf([start, first], person('a.smith', 'alice')).principal, null);
  });

  it('an alias with the account tells apart who has the same name elsewhere', () => {
    const people = [person('a.smith', 'alice'), person('a.jones', `alice@${OTHER}`)];
    const there = aws.startSession({ caller: aws.iamUser('alice', { account: OTHER }), account: OTHER });
    assert.equal(sessionOf([there], ...people).principal?.id, 'a.jones');
    assert.equal(sessionOf([aws.startSession()], ...people).principal?.id, 'a.smith');
  });

  it('the session of an Identity Center role is named after the person', () => {
    const caller = aws.assumedRole('AWSReservedSSO_Admin_0123', 'alice@example.com');
    const access = sessionOf([aws.startSession({ caller })], person('a.smith', 'alice@example.com'));
    assert.equal(access.principal?.id, 'a.smith');
  });

  it('and stays so behind a further role, whatever the further session is called', () => {
    const caller = aws.assumedRole('AWSReservedSSO_Admin_0123', 'alice@example.com', { key: ROLES });
    const issue = aws.assumeRole({ caller, role: 'deploy', session: 'bob', key: SECOND });
    const start = aws.startSession({ caller: aws.assumedRole('deploy', 'bob', { key: SECOND }) });
    const people = [person('a.smith', 'alice@example.com'), person('b.jones', 'bob')];
    assert.equal(sessionOf([issue, start], ...people).principal?.id, 'a.smith');
    assert.equal(sessionOf([start], ...people).principal, null);
  });

  it('a session name that the caller chose names nobody, in no spelling', () => {
    const arn = `arn:aws:sts::${aws.ACCOUNT}:assumed-role/admin/alice@example.com`;
    const caller = aws.assumedRole('admin', 'alice@example.com');
    for (const alias of ['alice@example.com', arn]) {
      const access = sessionOf([aws.startSession({ caller })], person('a.smith', alias));
      assert.equal(access.principal, null, alias);
    }
    const role = sessionOf([aws.startSession({ caller })], person('admins', 'admin'));
    assert.equal(role.principal?.id, 'admins');
    const qualified = sessionOf([aws.startSession({ caller })], person('admins', `admin@${aws.ACCOUNT}`));
    assert.equal(qualified.principal?.id, 'admins');
  });

  it('nor does the name of a federated user, which its maker chose', () => {
    const caller = {
      type: 'FederatedUser',
      principalId: `${aws.ACCOUNT}:alice`,
      arn: `arn:aws:sts::${aws.ACCOUNT}:federated-user/alice`,
      accountId: aws.ACCOUNT,
      accessKeyId: SECOND,
    };
    const issue = aws.getFederationToken({ caller: aws.iamUser('mallory'), name: 'alice', key: SECOND });
    const start = aws.startSession({ caller, time: at('10:05:00') });
    assert.equal(sessionOf([start], person('a.smith', 'alice')).principal, null);
    const both = sessionOf([issue, start], person('a.smith', 'alice'), person('m', 'mallory'));
    assert.deepEqual(both.cloud?.chain, ['mallory', 'alice']);
    assert.equal(both.principal?.id, 'm');
  });

  it('sourceIdentity, which no further role can change, wins over everything', () => {
    const issue = aws.assumeRole({
      caller: aws.iamUser('broker'),
      role: 'admin',
      session: 'x',
      key: ROLES,
      sourceIdentity: 'a.smith@example.com',
    });
    const caller = aws.assumedRole('admin', 'x', { key: ROLES, sourceIdentity: 'a.smith@example.com' });
    const start = aws.startSession({ caller, time: at('10:05:00') });
    const people = [person('a.smith', 'a.smith@example.com'), person('broker'), person('admins', 'admin')];
    assert.equal(sessionOf([issue, start], ...people).principal?.id, 'a.smith');
    assert.equal(sessionOf([start], ...people).principal?.id, 'a.smith');
  });

  it('keys that name each other in a circle end', () => {
    const one = aws.assumeRole({ caller: aws.assumedRole('b', 's', { key: SECOND }), role: 'a', key: ROLES });
    const two = aws.assumeRole({ caller: aws.assumedRole('a', 's', { key: ROLES }), role: 'b', key: SECOND });
    const start = aws.startSession({ caller: aws.assumedRole('a', 's', { key: ROLES }) });
    assert.deepEqual(sessionOf([one, two, start]).cloud?.chain, ['a/s', 'b/s']);
  });
});

describe('a role that is assumed across accounts', () => {
  const call = {
    role: 'admin',
    session: 'x',
    roleAccount: OTHER,
    key: ROLES,
    time: at('10:00:00'),
    more: { sharedEventID: 'b1c2d3e4-0000-4000-8000-0123456789ab' },
  } as const;
  const caller = aws.assumeRole({ ...call, caller: aws.iamUser('alice') });
  const stranger = {
    type: 'AWSAccount',
    principalId: aws.keyId('AIDA', 'alice'),
    accountId: aws.ACCOUNT,
  };
  const owner = aws.assumeRole({ ...call, account: OTHER, caller: stranger });

  it('is one access in the role’s account, by whom the caller’s account names', () => {
    for (const records of [
      [caller, owner],
      [owner, caller],
    ]) {
      const [access, ...more] = judged(records, person('a.smith', 'alice'));
      assert.equal(more.length, 0);
      assert.deepEqual(
        [access?.path, access?.target, access?.account, access?.principal?.id, access?.cloud?.chain],
        ['api-role', OTHER, 'admin/x', 'a.smith', ['alice', 'admin/x']],
      );
      const trail = accessesOf(trailEvents(records));
      assert.equal(trail[0]?.uid, accessesOf(trailEvents([owner, caller]))[0]?.uid);
    }
  });

  it('is one also where only one of the records shows the key', () => {
    const without = { ...owner, responseElements: null };
    assert.equal(accessesOf(trailEvents([caller, without])).length, 1);
  });

  it('twice is two, also within one second', () => {
    const again = aws.assumeRole({
      ...call,
      caller: aws.iamUser('alice'),
      key: SECOND,
      more: { sharedEventID: 'b1c2d3e4-0000-4000-8000-0123456789ac' },
    });
    assert.equal(accessesOf(trailEvents([caller, owner, again])).length, 2);
  });

  it('what is done with it leads back to the person, whichever record comes last', () => {
    const start = aws.startSession({
      account: OTHER,
      caller: aws.assumedRole('admin', 'x', { key: ROLES, account: OTHER }),
      time: at('10:05:00'),
    });
    for (const records of [
      [caller, owner, start],
      [start, owner, caller],
    ]) {
      const access = sessionOf(records, person('a.smith', 'alice'));
      assert.deepEqual([access.principal?.id, access.cloud?.chain], ['a.smith', ['alice', 'admin/x']]);
    }
  });
});

describe('the root user', () => {
  const since = at('10:00:00');
  const use = (time: string, options: aws.IdentityOptions = {}) =>
    aws.call('iam', 'CreateAccessKey', { userName: 'x' }, null, {
      time: at(time),
      caller: aws.root({ since, ...options }),
    });

  it('makes one access with all calls of one session, also where the console changes keys', () => {
    const [access, ...more] = accessesOf(
      trailEvents([
        use('10:01:00'),
        use('10:30:00', { key: 'ASIAROOTONEEXAMPLE11' }),
        use('11:10:00', { key: 'ASIAROOTTWOEXAMPLE22' }),
      ]),
    );
    assert.equal(more.length, 0);
    assert.deepEqual(
      [access?.account, access?.target, access?.opened, access?.closed],
      ['root', aws.ACCOUNT, ms('10:01:00'), ms('11:10:00')],
    );
  });

  it('in another session, or in another account, makes another', () => {
    const later = use('12:10:00', { since: at('12:00:00') });
    const elsewhere = aws.call('iam', 'CreateAccessKey', {}, null, {
      account: OTHER,
      time: at('10:02:00'),
      caller: aws.root({ account: OTHER, since }),
    });
    assert.equal(accessesOf(trailEvents([use('10:01:00'), later])).length, 2);
    assert.equal(accessesOf(trailEvents([use('10:01:00'), elsewhere])).length, 2);
  });

  it('belongs to the sign-in that began the session, and to no other', () => {
    const signIn = (time: string) =>
      aws.call(
        'signin',
        'ConsoleLogin',
        null,
        { ConsoleLogin: 'Success' },
        {
          time: at(time),
          caller: aws.root({ since: at(time) }),
          more: { eventType: 'AwsConsoleSignIn', additionalEventData: { MFAUsed: 'Yes' } },
        },
      );
    const one = accessesOf(trailEvents([signIn('10:00:00'), use('10:01:00'), use('10:02:00')]));
    assert.deepEqual(
      one.map((access) => [access.path, access.account, access.cloud?.mfa]),
      [['console', 'root', true]],
    );
    assert.equal(accessesOf(trailEvents([signIn('08:00:00'), use('10:01:00')])).length, 2);
  });

  it('with a long-lived key is one access a day', () => {
    const keyed = (time: string) => {
      const caller = { ...aws.root({ key: 'AKIAROOTKEYEXAMPLE11' }), sessionContext: undefined };
      return aws.call('iam', 'CreateAccessKey', {}, null, { time, caller });
    };
    const times = ['2026-11-21T23:00:00Z', '2026-11-21T23:30:00Z', '2026-11-22T01:00:00Z'];
    assert.equal(accessesOf(trailEvents(times.map(keyed))).length, 2);
  });
});
