import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toIdentity } from '../../src/correlate/identity.ts';
import { toSessionEvents } from '../../src/aws/sessions-events.ts';
import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import * as aws from '../support/cloudtrail.ts';
import { login, recording, T0 } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';
import { trailEvents } from '../support/trail-events.ts';

const NODES = ['i-0abc1234def567890', 'i-0abc1234def567891'];
const PEOPLE = ['alice', 'bob'];

/** What one person does; seconds from the beginning. */
interface Act {
  readonly kind: 'session' | 'listed' | 'role' | 'root' | 'key' | 'tunnel';
  readonly who: number;
  readonly node: number;
  readonly at: number;
  readonly lasts: number | null;
  readonly recorded: boolean;
  readonly byRole: boolean;
  readonly loggedIn: boolean;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('session', 'listed', 'role', 'root', 'key', 'tunnel'),
  who: fc.nat({ max: 1 }),
  node: fc.nat({ max: 1 }),
  at: fc.nat({ max: 3_000 }),
  lasts: fc.option(fc.integer({ min: 1, max: 900 })),
  recorded: fc.boolean(),
  byRole: fc.boolean(),
  loggedIn: fc.boolean(),
});

interface World {
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
}

/** The facts of all acts, begun at a time in epoch ms. */
function worldOf(acts: readonly Act[], begin: number): World {
  const parts = acts.map((one, number) => factsOf(one, number, begin));
  return {
    events: parts.flatMap((one) => one.events),
    recordings: parts.flatMap((one) => one.recordings),
  };
}

function factsOf(one: Act, number: number, begin: number): World {
  const { kind, who, byRole } = one;
  const opened = begin + one.at * 1000;
  const time = timeOf(opened);
  const name = PEOPLE[who] ?? '';
  const key = aws.keyId('ASIA', `key ${number}`);
  const id = (part: string) => aws.guid([String(number), part]);
  const issue = aws.assumeRole({ caller: aws.iamUser(name), key, time, id: id('role'), session: 'chosen' });
  const caller = byRole ? aws.assumedRole('admin', 'chosen', { key }) : aws.iamUser(name);
  const before = byRole && kind !== 'role' && kind !== 'root' ? [issue] : [];
  const records = [...before, ...recordsOf(one, { number, time, caller, issue, id, begin })];
  return {
    events: [...trailEvents(records), ...hostOf(one, number, opened), ...listOf(one, number, opened)],
    recordings:
      one.recorded && (kind === 'session' || kind === 'listed') ? [transcript(one, number, opened)] : [],
  };
}

interface Making {
  readonly number: number;
  readonly time: string;
  readonly caller: aws.TrailRecord;
  readonly issue: aws.TrailRecord;
  readonly id: (part: string) => string;
  readonly begin: number;
}

function recordsOf(one: Act, { number, time, caller, issue, id, begin }: Making): aws.TrailRecord[] {
  const target = NODES[one.node] ?? '';
  const sessionId = sessionOf(number);
  const common = { time, caller, target, sessionId };
  const end = (): aws.TrailRecord[] => {
    if (one.lasts === null) return [];
    const at = timeOf(Date.parse(time) + one.lasts * 1000);
    return [aws.terminateSession({ time: at, caller, sessionId, id: id('end') })];
  };
  switch (one.kind) {
    case 'session':
      return [aws.startSession({ ...common, id: id('start') }), ...end()];
    case 'tunnel':
      return [aws.startSession({ ...common, id: id('start'), document: 'AWS-StartSSHSession' }), ...end()];
    case 'role':
      return [issue];
    case 'root': {
      const root = aws.root({ since: timeOf(begin) });
      return [aws.call('iam', 'CreateUser', {}, null, { time, caller: root, id: id('root') })];
    }
    case 'key':
      return [aws.sendSshPublicKey({ time, caller, instance: target, user: `u${number}`, id: id('key') })];
    default:
      return [];
  }
}

/** What the host's own sshd shows of it. */
function hostOf(one: Act, number: number, opened: number): Event[] {
  if (!one.loggedIn || (one.kind !== 'key' && one.kind !== 'tunnel')) return [];
  const target = NODES[one.node] ?? '';
  const host = { target, stream: `${target}/auth.log`, at: opened + 2_000, pid: 1_000 + 20 * number };
  const ip = one.kind === 'tunnel' ? '127.0.0.1' : '203.0.113.7';
  return login({ ...host, ip, port: 40_000 + number, account: `u${number}` }).map((event, line) => ({
    ...event,
    uid: `ev_${number} ${line}`,
    seq: 100 * number + line,
    credential: event.credential === null ? null : { type: 'publickey', id: aws.FINGERPRINT },
  }));
}

function listOf(one: Act, number: number, opened: number): readonly Event[] {
  if (one.kind !== 'listed') return [];
  const facts = {
    id: sessionOf(number),
    target: NODES[one.node] ?? '',
    status: 'Terminated',
    startedAt: opened,
    endedAt: one.lasts === null ? null : opened + one.lasts * 1000,
    document: null,
    owner: `arn:aws:iam::${aws.ACCOUNT}:user/${PEOPLE[one.who] ?? ''}`,
    reason: null,
    s3Url: null,
    logGroupUrl: null,
  };
  return toSessionEvents([facts], { stream: 'sessions', account: aws.ACCOUNT, region: aws.REGION });
}

function transcript(one: Act, number: number, opened: number): Recording {
  return recording({
    uid: `rec_${String(number).padStart(20, '0')}`,
    recorder: 'ssm',
    target: null,
    account: null,
    opened: null,
    closed: opened + (one.lasts ?? 600) * 1000 + 5_000,
    resolution: 1000,
    endProven: true,
    hasEndMarker: true,
    evidence: 'E3',
    ids: { cloudSession: sessionOf(number) },
  });
}

const sessionOf = (number: number) => `${PEOPLE[0]}-${String(number).padStart(17, '0')}`;
const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const principals = PEOPLE.map((id) => ({
  id,
  kind: 'human' as const,
  aliases: [],
  keys: [],
  certificates: [],
  validFrom: null,
  validUntil: null,
}));
const inventory = { targets: [], principals };
const identity = toIdentity(inventory);

/** Everything that a judgement says, with times from a beginning. */
function told({ events, recordings }: World, begin: number): readonly unknown[] {
  const judgement = judgeFacts(events, recordings, { now: begin + 86_400_000, inventory, identity });
  const findings = judgement.findings.map((one) => [one.check, one.subject.uid]);
  const accesses = judgement.accesses.map((one) => ({
    ...one,
    opened: one.opened - begin,
    closed: one.closed === null ? null : one.closed - begin,
    reasons: one.reasons.map((reason) => reason.code),
  }));
  return [...accesses.toSorted((a, b) => (a.uid < b.uid ? -1 : 1)), findings.toSorted()];
}

/** The accesses without the ids that are made from absolute times. */
function shapes({ events, recordings }: World, begin: number): readonly string[] {
  const options = { now: begin + 86_400_000, inventory, identity };
  return judgeFacts(events, recordings, options)
    .accesses.map((one) => {
      const { path, target, account, principal, verdict, cloud, closedBy, opened, closed, via } = one;
      const times = [opened - begin, closed === null ? null : closed - begin, closedBy, via !== null];
      return JSON.stringify([path, target, account, principal, verdict, cloud?.chain, ...times]);
    })
    .toSorted();
}

const acts = fc.array(act, { maxLength: 10 });
const runs = { numRuns: Number(process.env['OFFRECORD_PROPERTY_RUNS'] ?? 100) };

describe('accesses of a cloud as a whole', () => {
  it('do not depend on the order in which facts arrive', () => {
    const property = fc.property(acts, fc.infiniteStream(fc.nat()), (list, numbers) => {
      const world = worldOf(list, T0);
      const mixed = world.events
        .map((event) => ({ event, rank: numbers.next().value ?? 0 }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ event }) => event);
      assert.deepEqual(told({ ...world, events: mixed }, T0), told(world, T0));
    });
    fc.assert(property, runs);
  });

  it('are the same where every fact is given twice', () => {
    const property = fc.property(acts, (list) => {
      const { events, recordings } = worldOf(list, T0);
      const twice = { events: [...events, ...events], recordings: [...recordings, ...recordings] };
      assert.deepEqual(told(twice, T0), told({ events, recordings }, T0));
    });
    fc.assert(property, runs);
  });

  it('shift with all times', () => {
    const property = fc.property(acts, fc.integer({ min: -86_400, max: 86_400 }), (list, seconds) => {
      const later = T0 + seconds * 1000;
      assert.deepEqual(shapes(worldOf(list, later), later), shapes(worldOf(list, T0), T0));
    });
    fc.assert(property, runs);
  });

  it('exactly the sessions without a transcript are gaps', () => {
    const property = fc.property(acts, (list) => {
      const { events, recordings } = worldOf(list, T0);
      const { accesses } = judgeFacts(events, recordings, { inventory, identity });
      const found = accesses.filter((one) => one.path === 'ssm-shell');
      const expected = list.flatMap(({ kind, recorded }, number) =>
        kind === 'session' || kind === 'listed'
          ? [[sessionOf(number), recorded ? 'recorded' : 'unrecorded']]
          : [],
      );
      assert.deepEqual(
        found.map((one) => [one.session.cloudSession, one.verdict]).toSorted(),
        expected.toSorted(),
      );
    });
    fc.assert(property, runs);
  });
});
