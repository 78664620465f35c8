import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toIdentity } from '../../src/correlate/identity.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import type { Target } from '../../src/model/inventory.ts';
import * as aws from '../support/cloudtrail.ts';
import { login, type LoginOptions, T0 } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';
import { trailEvents } from '../support/trail-events.ts';

const NODE = 'i-0abc1234def567890';
const ADDRESS = '10.0.1.5';
const S = 1000;
const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const WEB01: Target = {
  id: 'web01',
  kind: 'host',
  aliases: [NODE],
  addresses: [ADDRESS],
  tier: null,
  owner: null,
  recorder: null,
  evidence: null,
};

function judged(
  records: readonly aws.TrailRecord[],
  ...hosts: readonly (readonly Event[])[]
): JudgedAccess[] {
  const inventory = { targets: [WEB01], principals: [] };
  const events = [...trailEvents(records), ...hosts.flat()];
  return [...judgeFacts(events, [], { inventory, identity: toIdentity(inventory) }).accesses];
}

/** A login of ec2-user with the key that the built records push; `after` ms from T0. */
function keyLogin(after: number, change: LoginOptions & { readonly key?: string } = {}): Event[] {
  const { key = aws.FINGERPRINT, ...more } = change;
  const at = T0 + after;
  return login({ account: 'ec2-user', at, ip: '203.0.113.7', pid: 1000 + Math.abs(after), ...more }).map(
    (event) => (event.credential === null ? event : { ...event, credential: { type: 'publickey', id: key } }),
  );
}

const push = (change: aws.KeyCall = {}) => aws.sendSshPublicKey({ time: timeOf(T0), ...change });

describe('a key that is pushed to an instance', () => {
  it('and the login that uses it within a minute are one access, by the alias of the instance', () => {
    for (const after of [0, 12 * S, 60 * S]) {
      const [access, ...more] = judged([push()], keyLogin(after));
      assert.equal(more.length, 0, `${after}`);
      assert.deepEqual(
        [access?.target, access?.account, access?.path, access?.opened, access?.cloud?.chain],
        ['web01', 'ec2-user', 'ssh', T0 + after, ['alice', 'ec2-user']],
      );
      assert.deepEqual(access?.streams.toSorted(), ['auth.log', 'trail']);
    }
  });

  it('is not that of a later login, one with another key, by another user or on another host', () => {
    const apart: readonly (readonly Event[])[] = [
      keyLogin(66 * S),
      keyLogin(12 * S, { key: 'SHA256:other' }),
      keyLogin(12 * S, { account: 'root' }),
      keyLogin(12 * S, { target: 'web02' }),
      keyLogin(-20 * S),
    ];
    for (const host of apart) {
      const logins = judged([push()], host).filter((one) => one.path === 'ssh');
      assert.deepEqual(
        logins.map((one) => one.cloud),
        [null],
      );
    }
  });

  it('without a login is no access on a host whose log goes on, and one where no log would show it', () => {
    const watched = login({ at: T0 + 300 * S, pid: 9_000 });
    const ended = login({ at: T0 - 300 * S, until: T0 - 200 * S, pid: 9_000 });
    const pathsOf = (...hosts: readonly (readonly Event[])[]) =>
      judged([push()], ...hosts).map((one) => one.path);
    assert.deepEqual(pathsOf(watched), ['ssh']);
    assert.deepEqual(pathsOf(ended).toSorted(), ['ec2-connect', 'ssh']);
    assert.deepEqual(pathsOf(), ['ec2-connect']);
    const [access] = judged([push()]);
    assert.deepEqual(
      [access?.target, access?.account, access?.verdict, access?.closed],
      ['web01', 'ec2-user', 'unrecorded', T0 + 60 * S],
    );
  });

  it('on a host of which only other programs’ lines are read, is one: they would not show a login', () => {
    const [opened] = login({ at: T0 + 300 * S });
    const sudo: Event = {
      ...(opened ?? assert.fail()),
      kind: 'access.open',
      program: 'sudo',
      path: 'sudo',
      account: 'root',
      actor: 'bob',
      origin: null,
      credential: null,
      session: {},
      stream: 'sudo.log',
    };
    const paths = judged([push()], [sudo]).map((one) => one.path);
    assert.deepEqual(paths.toSorted(), ['ec2-connect', 'sudo']);
  });

  it('of two pushes of one key the later one is that of the login', () => {
    const second = push({ time: timeOf(T0 + 30 * S), caller: aws.iamUser('bob') });
    const [access, ...more] = judged([push(), second], keyLogin(40 * S), keyLogin(600 * S));
    assert.deepEqual(access?.cloud?.chain, ['bob', 'ec2-user']);
    assert.deepEqual(
      more.map((one) => one.cloud),
      [null],
    );
  });
});

describe('a tunnel through Session Manager', () => {
  const tunnel = (change: aws.SessionCall = {}) =>
    aws.startSession({ time: timeOf(T0), document: 'AWS-StartSSHSession', ...change });
  const loopback = { ip: '127.0.0.1' } as const;

  const viaOf = (records: readonly aws.TrailRecord[], host: readonly Event[]) => {
    const all = judged(records, host);
    const inner = all.find((one) => one.path === 'ssh') ?? assert.fail();
    return all.find((one) => one.uid === inner.via)?.session.cloudSession ?? inner.via;
  };

  it('carries the login that comes from the instance itself', () => {
    assert.equal(viaOf([tunnel()], keyLogin(3 * S, loopback)), 'alice-0a1b2c3d4e5f67890');
    const [outer] = judged([tunnel()], keyLogin(3 * S, loopback));
    assert.deepEqual([outer?.path, outer?.cloud?.tunnel, outer?.verdict], ['ssm-tunnel', true, 'unrecorded']);
    assert.deepEqual(
      outer?.reasons.map((one) => one.code),
      ['tunnel-unrecordable', 'carried'],
    );
  });

  it('carries none from elsewhere, none before it, none long after, none after its end, none on another host', () => {
    assert.equal(viaOf([tunnel()], keyLogin(3 * S)), null);
    assert.equal(viaOf([tunnel()], keyLogin(-30 * S, loopback)), null);
    assert.equal(viaOf([tunnel()], keyLogin(600 * S, loopback)), null);
    const end = aws.terminateSession({ time: timeOf(T0 + 20 * S) });
    assert.equal(viaOf([tunnel(), end], keyLogin(60 * S, loopback)), null);
    assert.equal(viaOf([tunnel()], keyLogin(3 * S, { ...loopback, target: 'web02' })), null);
  });

  it('where two could have carried it none is named', () => {
    const second = tunnel({ sessionId: 'bob-0a1b2c3d4e5f67891', caller: aws.iamUser('bob') });
    assert.equal(viaOf([tunnel(), second], keyLogin(3 * S, loopback)), null);
  });

  it('to another host, or with a shell, carries no login on the instance', () => {
    const remote = tunnel({
      document: 'AWS-StartPortForwardingSessionToRemoteHost',
      parameters: { host: ['db01.example.com'], portNumber: ['22'] },
    });
    assert.equal(viaOf([remote], keyLogin(3 * S, loopback)), null);
    assert.equal(viaOf([aws.startSession({ time: timeOf(T0) })], keyLogin(3 * S, loopback)), null);
  });
});

describe('a tunnel through an Instance Connect endpoint', () => {
  const tunnel = (change: aws.TunnelCall = {}) => aws.openTunnel({ time: timeOf(T0), ...change });
  const viaOf = (records: readonly aws.TrailRecord[], host: readonly Event[]) =>
    judged(records, host).find((one) => one.path === 'ssh')?.via ?? null;

  it('leads to the host that has the address, and carries the login that comes from its network', () => {
    const all = judged([tunnel()], keyLogin(3 * S, { ip: '10.0.1.77' }));
    const [outer, inner] = all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    assert.deepEqual(
      [outer?.path, outer?.target, outer?.cloud?.forwards],
      ['ec2-connect', 'web01', { host: ADDRESS, port: 22 }],
    );
    assert.equal(inner?.via, outer?.uid);
  });

  it('carries one that keeps its caller’s address, and none from any other public one', () => {
    assert.notEqual(viaOf([tunnel()], keyLogin(3 * S, { ip: '203.0.113.7' })), null);
    assert.equal(viaOf([tunnel()], keyLogin(3 * S, { ip: '198.51.100.9' })), null);
  });

  it('to an address that nobody is known to have stays a target of its own', () => {
    const all = judged([tunnel({ address: '10.0.1.6' })], keyLogin(3 * S, { ip: '10.0.1.77' }));
    const found = all.map((one) => [one.path, one.target, one.via]);
    assert.deepEqual(found.toSorted(), [
      ['ec2-connect', '10.0.1.6', null],
      ['ssh', 'web01', null],
    ]);
  });
});
