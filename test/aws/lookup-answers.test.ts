import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  CloudTrailClient,
  LookupEventsCommand,
  LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import type { AwsClients } from '../../src/aws/clients.ts';
import { due } from '../../src/aws/lookup-cursor.ts';
import { happening, HOUR, lookup, lookupOptions, MINUTE, NOW, readAll } from './history.ts';

interface Stub {
  readonly clients: AwsClients;
  readonly asked: LookupEventsCommandInput[];
  readonly config: { systemClockOffset: number };
}

/** A client that answers by a function: answers that a real service gives once in a while, or should not give. */
function answering(answer: (input: LookupEventsCommandInput, stub: Stub) => unknown): Stub {
  const asked: LookupEventsCommandInput[] = [];
  const config = { systemClockOffset: 0 };
  const client = {
    config,
    send: async ({ input }: LookupEventsCommand): Promise<unknown> => {
      asked.push(input);
      return answer(input, stub);
    },
  };
  const clients = { cloudtrail: async () => client as unknown as CloudTrailClient } as unknown as AwsClients;
  const stub = { clients, asked, config };
  return stub;
}

function isWrites(input: LookupEventsCommandInput): boolean {
  return input.LookupAttributes?.[0]?.AttributeKey === 'ReadOnly';
}

function entry(id: string): unknown {
  return { EventId: id, CloudTrailEvent: JSON.stringify(happening(id, MINUTE)) };
}

describe('answers of the event history', () => {
  it('pages that shift with each new event at the head: some come twice, none is lost', async () => {
    const ids = Array.from({ length: 130 }, (_, index) => `e-${index}`);
    const stub = answering((input) => {
      if (!isWrites(input)) return { Events: [] };
      const from = Number(input.NextToken ?? 0);
      const Events = ids.slice(from, from + 50).map(entry);
      const NextToken = from + 50 < ids.length ? String(from + 50) : undefined;
      if (from < 100) ids.unshift(...Array.from({ length: 7 }, (_, index) => `new-${from}-${index}`));
      return { Events, NextToken };
    });
    const read = await readAll(stub);
    const old = read.ids.filter((id) => id.startsWith('e-'));
    assert.equal(new Set(old).size, 130);
    assert.ok(old.length > 130, 'the pages did shift');
  });

  it('a token goes with the very parameters that it came with', async () => {
    const stub = answering((input) => ({
      Events: [],
      NextToken: input.NextToken === undefined ? 'next' : undefined,
    }));
    await readAll(stub);
    const firsts = stub.asked.filter(({ NextToken }) => NextToken === undefined);
    const seconds = stub.asked.filter(({ NextToken }) => NextToken !== undefined);
    assert.equal(firsts.length, 7);
    assert.deepEqual(
      seconds,
      firsts.map((input) => ({ ...input, NextToken: 'next' })),
    );
  });

  it('an empty token ends the window as none does', async () => {
    const { ends } = await readAll(answering(() => ({ Events: [], NextToken: '' })));
    assert.deepEqual(
      ends.map(({ more }) => more),
      [false],
    );
  });

  const endless = (input: LookupEventsCommandInput): unknown =>
    isWrites(input) ? { Events: [entry('e')], NextToken: 'same' } : { Events: [] };
  for (const [what, answer] of [
    ['no list of events', (input: LookupEventsCommandInput) => (isWrites(input) ? {} : { Events: [] })],
    ['a token that leads to itself', endless],
    [
      'more events than were asked for',
      (input: LookupEventsCommandInput) => ({ Events: isWrites(input) ? Array(51).fill(entry('e')) : [] }),
    ],
    [
      'a token of any length',
      (input: LookupEventsCommandInput) =>
        isWrites(input) ? { Events: [], NextToken: 'x'.repeat(20_000) } : { Events: [] },
    ],
  ] as const)
    it(`${what}: told, and the query does not count as read`, async () => {
      const { pages, end } = await lookup(answering(answer), lookupOptions());
      assert.deepEqual([end.problem?.code, end.problem?.action], ['invalid', 'cloudtrail:LookupEvents']);
      assert.equal(pages.at(-1)?.caughtUpTo, null);
      assert.equal(pages.at(-1)?.cursor.queries['root']?.upTo, NOW);
    });

  it('an event without its record is kept as one that cannot be read, not dropped', async () => {
    const stub = answering((input) => ({
      Events: isWrites(input) ? [{ EventId: 'e' }, null, entry('f')] : [],
    }));
    const { pages } = await lookup(stub, lookupOptions());
    const texts = pages.flatMap((page) => page.records.map((bytes) => new TextDecoder().decode(bytes)));
    assert.deepEqual(texts.slice(0, 2), ['{}', '{}']);
    assert.equal(texts.length, 3);
  });
});

describe('a machine whose clock is wrong', () => {
  for (const [name, offset] of [
    ['ahead', -2 * HOUR],
    ['behind', 2 * HOUR],
  ] as const)
    it(`${name} by hours: the windows end by AWS's clock`, async () => {
      const stub = answering((_input, { config }) => {
        config.systemClockOffset = offset;
        return { Events: [] };
      });
      const { pages, end } = await lookup(stub, lookupOptions());
      assert.deepEqual(end, { problem: null, more: false, clockOffsetMs: offset });
      assert.equal(pages.at(-1)?.caughtUpTo, NOW + offset);
      assert.equal(stub.asked.length, 8, 'the first answer does not count');
      const cursor = pages.at(-1)?.cursor ?? null;
      const again = await lookup(stub, lookupOptions({ cursor, now: NOW + MINUTE }));
      assert.deepEqual([again.pages.length, again.end.more], [0, false]);
      assert.equal(due(cursor, NOW + MINUTE), true, 'by the wrong clock it seems due');
    });

  it('by a minute: its own clock is good enough', async () => {
    const stub = answering((_input, { config }) => {
      config.systemClockOffset = -MINUTE;
      return { Events: [] };
    });
    const { pages } = await lookup(stub, lookupOptions());
    assert.equal(pages.at(-1)?.caughtUpTo, NOW);
    assert.equal(stub.asked.length, 7);
  });
});
