import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookupRecords } from '../../src/aws/lookup.ts';
import { createPaces, type Pace } from '../../src/aws/pace.ts';
import { openAws } from '../../src/aws/clients.ts';
import type { JsonObject } from '../support/aws/aws.ts';
import {
  ACCOUNT,
  asOwnerOf,
  busy,
  connectionTo,
  happening,
  HOUR,
  idsOf,
  KEY,
  lookup,
  lookupOptions,
  MINUTE,
  NOW,
  readAll,
  READING,
  REGION,
  ROLE,
  ROOT,
  SharedClock,
  startCloud,
  startHistory,
  wantedIds,
} from './history.ts';

function sorted(ids: Iterable<string>): string[] {
  return [...new Set(ids)].sort();
}

const DONE = { problem: null, more: false, clockOffsetMs: 0 };

describe('reading the event history', () => {
  it('asks for changes, for credentials that are handed out and for root, and for nothing else', async (context) => {
    const events = [
      happening('session', MINUTE),
      happening('role', MINUTE, ROLE),
      ...['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'GetFederationToken', 'GetSessionToken'].map(
        (eventName) => happening(eventName, MINUTE, { ...ROLE, eventName }),
      ),
      happening('root', MINUTE, ROOT),
      happening('reading', MINUTE, READING),
    ];
    const setup = await startHistory(context, events);
    const { ids, ends, pages } = await readAll(setup);
    assert.deepEqual(sorted(ids), sorted(wantedIds(events)));
    assert.equal(ids.length, 7);
    assert.deepEqual(ends, [DONE]);
    assert.deepEqual(
      new Set(setup.aws.requests.map(({ action }) => action)),
      new Set(['cloudtrail:LookupEvents']),
    );
    assert.deepEqual([pages.at(-2)?.caughtUpTo, pages.at(-1)?.caughtUpTo], [null, NOW]);
  });

  it('gives the bytes of each record as the trail wrote them', async (context) => {
    const event = happening('session', MINUTE, { requestParameters: { reason: 'naïve – 日本' } });
    const { pages } = await readAll(await startHistory(context, [event]));
    assert.deepEqual(
      pages.flatMap((page) => page.records.map((bytes) => new TextDecoder().decode(bytes))),
      [JSON.stringify(event)],
    );
  });

  it('reads nothing before its look-back, and the look-back to its first second', async (context) => {
    const events = [happening('in', 5 * HOUR), happening('out', 5 * HOUR + 1000)];
    const { ids } = await readAll(await startHistory(context, events));
    assert.deepEqual(ids, ['in']);
  });

  it('reads a look-back of days in pieces, the oldest first', async (context) => {
    const events = [happening('new', MINUTE), happening('old', 20 * HOUR), happening('between', 12 * HOUR)];
    const setup = await startHistory(context, events);
    const { ids, cursor } = await readAll(setup, lookupOptions({ lookbackMs: 24 * HOUR }));
    assert.deepEqual(sorted(ids), ['between', 'new', 'old']);
    assert.deepEqual(ids.slice(0, 1), ['old']);
    assert.equal(cursor?.queries['writes']?.upTo, NOW);
  });

  it('asks for nothing again within two minutes', async (context) => {
    const setup = await startHistory(context, [happening('session', MINUTE)]);
    const { cursor } = await readAll(setup);
    const before = setup.aws.requests.length;
    const { pages, end } = await lookup(setup, lookupOptions({ cursor, now: NOW + MINUTE }));
    assert.deepEqual([pages, end], [[], DONE]);
    assert.equal(setup.aws.requests.length, before);
  });

  it('takes turns: the backlog of one query does not keep the others waiting', async (context) => {
    const events = [...busy('busy', 500, HOUR), happening('role', MINUTE, ROLE)];
    const { pages, end } = await lookup(await startHistory(context, events), lookupOptions({ pages: 7 }));
    assert.equal(end.more, true);
    assert.ok(pages.flatMap(idsOf).includes('role'));
  });

  it('stops after so many pages, and goes on with the next call', async (context) => {
    const events = busy('busy', 300, HOUR);
    const setup = await startHistory(context, events);
    const { ids, ends } = await readAll(setup, lookupOptions({ pages: 3 }));
    assert.deepEqual(sorted(ids), sorted(wantedIds(events)));
    assert.equal(setup.aws.requests.length, 11);
    assert.deepEqual(
      ends.map(({ more }) => more),
      [true, true, true, false],
    );
  });
});

describe('what happens while it is read', () => {
  it('events that arrive between two pages are lost neither at the head nor below', async (context) => {
    const events = Array.from({ length: 120 }, (_, index) => happening(`e-${index}`, (index + 1) * 10_000));
    let time = NOW;
    const setup = await startHistory(context, events, { now: () => time });
    const late = [happening('head', 0), happening('below', 1_100_000), happening('middle', 15_000)];
    const first = await readAll(setup, lookupOptions(), () => {
      events.push(...late.splice(0));
    });
    time += 10 * MINUTE;
    const second = await readAll(setup, lookupOptions({ cursor: first.cursor, now: time }));
    const all = sorted([...first.ids, ...second.ids]);
    assert.deepEqual(all, sorted(wantedIds(events)));
    assert.ok(!first.ids.includes('middle'), 'it came after its page was read');
  });

  it('an event that appears 45 minutes late, out of order, is found', async (context) => {
    const events = [happening('early', 30 * MINUTE)];
    let time = NOW;
    const setup = await startHistory(context, events, { now: () => time });
    let { ids, cursor } = await readAll(setup);
    const found = [...ids];
    for (let minute = 5; minute <= 70; minute += 5) {
      time = NOW + minute * MINUTE;
      if (minute === 45) events.push(happening('late', 0));
      ({ ids, cursor } = await readAll(setup, lookupOptions({ cursor, now: time })));
      found.push(...ids);
      if (found.includes('late')) break;
    }
    assert.deepEqual(sorted(found), ['early', 'late']);
    assert.ok(time <= NOW + 55 * MINUTE, 'within ten minutes');
  });

  it('a restart from any committed cursor gives what a whole run gives', async (context) => {
    const events = busy('busy', 160, 3 * HOUR);
    const setup = await startHistory(context, events);
    const { pages } = await readAll(setup, lookupOptions());
    assert.ok(pages.length > 8);
    for (const [index, { cursor }] of pages.entries()) {
      const rest = await readAll(setup, lookupOptions({ cursor }));
      const before = pages.slice(0, index + 1).flatMap(idsOf);
      assert.deepEqual(sorted([...before, ...rest.ids]), sorted(wantedIds(events)));
      assert.equal(rest.pages.length, pages.length - index - 1, 'nothing is read twice');
    }
  });

  it('a page that was not committed is read again', async (context) => {
    const events = busy('busy', 160, 3 * HOUR);
    const setup = await startHistory(context, events);
    const { pages } = await lookup(setup, lookupOptions({ pages: 9 }));
    const [first, second] = pages;
    assert.ok(first && second);
    const { ids } = await readAll(setup, lookupOptions({ cursor: first.cursor }));
    assert.deepEqual(sorted([...idsOf(first), ...ids]), sorted(wantedIds(events)));
  });
});

describe('what goes wrong while it is read', () => {
  it('a storm of throttling: the same, in more calls', async (context) => {
    const events = busy('busy', 200, 3 * HOUR);
    const setup = await startHistory(context, events);
    const storm = (): void => setup.aws.fault({ action: 'LookupEvents', times: 1, kind: 'throttle' });
    const { ids, ends, pages } = await readAll(setup, lookupOptions(), storm);
    assert.deepEqual(sorted(ids), sorted(wantedIds(events)));
    const problems = ends.filter(({ problem }) => problem !== null);
    assert.equal(pages.length, 9);
    assert.equal(problems.length, 8, 'one after each page but the last');
    assert.deepEqual(new Set(problems.map(({ problem }) => problem?.code)), new Set(['throttled']));
  });

  it('tokens that expire between two pages: the window starts over, and nothing is skipped', async (context) => {
    const events = busy('busy', 200, 3 * HOUR);
    const setup = await startHistory(context, events);
    let page = 0;
    const { ids, ends } = await readAll(setup, lookupOptions(), () => {
      if (page++ < 8) setup.aws.expirePages();
    });
    assert.deepEqual(sorted(ids), sorted(wantedIds(events)));
    assert.ok(setup.aws.requests.some(({ outcome }) => outcome === 'InvalidNextTokenException'));
    assert.deepEqual(ends.at(-1), DONE);
  });

  it('tokens that always expire: shorter windows come to an end, and until then it is told', async (context) => {
    const events = busy('busy', 300, 5 * HOUR);
    const setup = await startHistory(context, events);
    const { ids, ends } = await readAll(setup, lookupOptions(), () => setup.aws.expirePages());
    assert.deepEqual(sorted(ids), sorted(wantedIds(events)));
    assert.equal(ends[0]?.problem?.code, 'invalid');
    assert.deepEqual(ends.at(-1), DONE);
  });

  it('a token from a cursor that AWS no longer knows', async (context) => {
    const events = busy('busy', 160, 3 * HOUR);
    const setup = await startHistory(context, events);
    const { pages } = await lookup(setup, lookupOptions({ pages: 1 }));
    const [first] = pages;
    assert.ok(first?.cursor.queries['writes']?.window?.token);
    setup.aws.expirePages();
    const { ids, ends } = await readAll(setup, lookupOptions({ cursor: first.cursor }));
    assert.deepEqual(sorted(ids), sorted(wantedIds(events)));
    assert.deepEqual(ends, [DONE]);
  });

  for (const [kind, code] of [
    ['expired-token', 'expired'],
    ['drop-connection', 'unreachable'],
    ['internal', 'unreachable'],
  ] as const)
    it(`${kind}: ends as ${code}, keeps what it gave, and the next call goes on`, async (context) => {
      const events = busy('busy', 160, 3 * HOUR);
      const setup = await startHistory(context, events);
      const { pages, end } = await lookup(setup, lookupOptions(), (page) => {
        if (page.cursor.queries['root']) setup.aws.fault({ action: 'LookupEvents', times: 1, kind });
      });
      assert.deepEqual(
        [end.problem?.code, end.problem?.action, end.more],
        [code, 'cloudtrail:LookupEvents', true],
      );
      assert.equal(pages.length, 7);
      const rest = await readAll(setup, lookupOptions({ cursor: pages.at(-1)?.cursor ?? null }));
      assert.deepEqual(sorted([...pages.flatMap(idsOf), ...rest.ids]), sorted(wantedIds(events)));
    });

  it('an answer that is cut off is told, the other queries go on, and nothing is lost', async (context) => {
    const events = [...busy('busy', 20, HOUR)];
    const setup = await startHistory(context, events);
    setup.aws.fault({ action: 'LookupEvents', times: 1, kind: 'malformed' });
    const { pages, end } = await lookup(setup, lookupOptions());
    assert.deepEqual([end.problem?.code, end.more], ['invalid', true]);
    assert.equal(pages.length, 6);
    assert.equal(pages.at(-1)?.caughtUpTo, null);
    const rest = await readAll(setup, lookupOptions({ cursor: pages.at(-1)?.cursor ?? null }));
    assert.deepEqual(sorted([...pages.flatMap(idsOf), ...rest.ids]), sorted(wantedIds(events)));
  });

  it('a denial ends it at the first request', async (context) => {
    const policies = { [KEY]: { deny: ['cloudtrail:LookupEvents'] } };
    const setup = await startCloud(context, {
      accounts: { [ACCOUNT]: { keys: [KEY], policies, regions: {} } },
    });
    const { pages, end } = await lookup(setup, lookupOptions());
    assert.deepEqual([pages.length, end.problem?.code, setup.aws.requests.length], [0, 'denied', 1]);
  });

  it('no answer at all: the signal ends it', async (context) => {
    const setup = await startHistory(context, [happening('session', MINUTE)]);
    setup.aws.fault({ action: 'LookupEvents', times: 1, kind: 'slow' });
    const stop = new AbortController();
    const reading = lookup(setup, lookupOptions({ signal: stop.signal }));
    while (setup.aws.requests.length === 0) await new Promise(setImmediate);
    stop.abort();
    const { pages, end } = await reading;
    assert.deepEqual([pages, end], [[], { ...DONE, more: true }]);
  });
});

describe('how fast it asks', () => {
  it('every attempt waits for its turn, also those that the SDK repeats', async (context) => {
    const aws = asOwnerOf(KEY, { maxAttempts: 3 });
    const setup = await startHistory(context, [happening('session', MINUTE)], { aws });
    setup.aws.fault({ action: 'LookupEvents', times: 2, kind: 'internal' });
    let taken = 0;
    const pace: Pace = { take: async () => void (taken += 1) };
    const { ends } = await readAll(setup, lookupOptions({ pace }));
    assert.deepEqual(ends, [DONE]);
    assert.equal(taken, 9);
    assert.equal(setup.aws.requests.length, 9);
  });

  it('4 accounts × 2 regions with 5,000 events are read side by side, each within its own two a second', async (context) => {
    const regions = [REGION, 'us-east-1'];
    const accounts = Array.from({ length: 4 }, (_, index) => ({
      id: `11112222333${index}`,
      key: `AKIAEXAMPLE${index}`,
    }));
    const places = accounts.flatMap(({ id, key }) => regions.map((region) => ({ id, key, region })));
    const clock = new SharedClock(places.length);
    const all: JsonObject[] = [];
    const eventsOf = (id: string, region: string): JsonObject[] => {
      const events = busy(`${id}-${region}`, 625, 5 * HOUR);
      all.push(...events);
      return events;
    };
    const state = Object.fromEntries(
      accounts.map(({ id, key }) => [
        id,
        {
          keys: [key],
          regions: Object.fromEntries(regions.map((region) => [region, { events: eventsOf(id, region) }])),
        },
      ]),
    );
    const now = (): number => NOW + clock.time;
    const { aws } = await startCloud(context, { accounts: state }, { now, lookupsPerSecond: 2 });
    const paces = createPaces(clock);
    const readings = places.map(async ({ id, key, region }) => {
      const clients = openAws(connectionTo(aws), asOwnerOf(key));
      context.after(() => clients.close());
      const ids: string[] = [];
      const pace = paces.of(id, region, 'cloudtrail');
      for await (const page of lookupRecords(await clients.cloudtrail(region), lookupOptions({ pace })))
        ids.push(...idsOf(page));
      clock.leave();
      return ids;
    });
    const read = (await Promise.all(readings)).flat();
    assert.equal(all.length, 5000);
    assert.deepEqual(sorted(read), sorted(wantedIds(all)));
    assert.equal(read.length, new Set(read).size);
    assert.deepEqual(new Set(aws.requests.map(({ outcome }) => outcome)), new Set(['ok']));
    assert.ok(clock.time <= 10_000, 'they did not wait for one another');
  });
});
