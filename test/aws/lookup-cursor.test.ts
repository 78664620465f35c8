import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  advance,
  caughtUp,
  decodeLookupCursor,
  due,
  isDue,
  type LookupCursor,
  placeOf,
  type QueryPlace,
  startOver,
  windowOf,
} from '../../src/aws/lookup-cursor.ts';
import { QUERIES, type Query } from '../../src/aws/lookup-queries.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SPAN = { lookbackMs: DAY, overlapMs: HOUR };
const QUERY = QUERIES[0] as Query;

function cursorAt(place: QueryPlace): LookupCursor {
  return { queries: Object.fromEntries(QUERIES.map(({ id }) => [id, place])) };
}

function readAt(upTo: number, settled: number, more: Partial<QueryPlace> = {}): QueryPlace {
  return { upTo, settled, window: null, reach: 6 * HOUR, ...more };
}

describe('when the event history is asked', () => {
  it('at the first start, and where a query is new', () => {
    const cursor = cursorAt(readAt(NOW, NOW - HOUR));
    assert.equal(due(null, NOW), true);
    assert.equal(due(cursor, NOW), false);
    const { root: _, ...others } = cursor.queries;
    assert.equal(due({ queries: others }, NOW), true);
  });

  it('every two minutes', () => {
    const cursor = cursorAt(readAt(NOW, NOW - HOUR));
    assert.equal(due(cursor, NOW + 2 * MINUTE - 1), false);
    assert.equal(due(cursor, NOW + 2 * MINUTE), true);
  });

  it('at once where a window was left unfinished', () => {
    const window = { from: NOW - HOUR, to: NOW, openedAt: NOW, token: 'next' };
    assert.equal(due(cursorAt(readAt(NOW, NOW - HOUR, { window })), NOW), true);
  });

  it('at once where the clock was set back by days, not for some seconds', () => {
    const cursor = cursorAt(readAt(NOW, NOW - HOUR));
    assert.equal(due(cursor, NOW - 5_000), false);
    assert.equal(due(cursor, NOW - DAY), true);
    assert.equal(windowOf(placeOf(cursor, QUERY, NOW - DAY), NOW - DAY, SPAN).from, NOW - 2 * DAY);
  });
});

describe('the window that is asked for', () => {
  it('begins the look-back ago at the first start, six hours long at most', () => {
    const window = windowOf(placeOf(null, QUERY, NOW), NOW, SPAN);
    assert.deepEqual(window, {
      from: NOW - DAY,
      to: NOW - DAY + 6 * HOUR,
      openedAt: NOW,
      token: null,
    });
  });

  it('reads the last 20 minutes again, and ten minutes later all that was not an hour old', () => {
    const place = readAt(NOW, NOW - HOUR);
    assert.equal(windowOf(place, NOW + 2 * MINUTE, SPAN).from, NOW - 20 * MINUTE);
    assert.equal(windowOf(place, NOW + 10 * MINUTE - 1000, SPAN).from, NOW - 20 * MINUTE);
    assert.equal(windowOf(place, NOW + 10 * MINUTE, SPAN).from, NOW - HOUR);
  });

  it('is the unfinished one, unless AWS has forgotten its beginning', () => {
    const window = { from: NOW - DAY, to: NOW, openedAt: NOW, token: 'next' };
    const place = readAt(NOW - DAY, NOW - DAY, { window });
    assert.equal(windowOf(place, NOW + 89 * DAY, SPAN), window);
    const later = windowOf(place, NOW + 90 * DAY, SPAN);
    assert.deepEqual([later.from, later.token], [NOW + HOUR, null]);
  });

  it('has whole seconds, as the trail counts them', () => {
    const { from, to } = windowOf(readAt(NOW + 999, NOW - HOUR + 999), NOW + 3 * MINUTE + 1, SPAN);
    assert.deepEqual([from % 1000, to % 1000], [0, 0]);
  });

  it('goes on where it can after more than 90 days, and then settles again', () => {
    const place = readAt(NOW - 100 * DAY, NOW - 100 * DAY);
    const window = windowOf(place, NOW, SPAN);
    assert.equal(window.from, NOW - 90 * DAY + HOUR);
    assert.equal(advance(place, window, null, HOUR).settled, window.to);
  });
});

describe('the place after a page', () => {
  const window = { from: NOW - HOUR, to: NOW + 10 * MINUTE, openedAt: NOW + 10 * MINUTE, token: null };

  it('keeps the window and its token while more follows', () => {
    const place = readAt(NOW, NOW - HOUR);
    assert.deepEqual(advance(place, window, 'next', HOUR), {
      ...place,
      window: { ...window, token: 'next' },
    });
  });

  it('settles what was read when it was an hour old, by full windows alone', () => {
    const place = readAt(NOW, NOW - HOUR);
    assert.deepEqual(advance(place, window, null, HOUR), readAt(NOW + 10 * MINUTE, NOW - 50 * MINUTE));
    const short = { ...window, from: NOW - 20 * MINUTE };
    assert.equal(advance(place, short, null, HOUR).settled, NOW - HOUR);
  });

  it('starts over at half the length after a refused token, from the same beginning, half an hour at least', () => {
    const long = { ...window, from: NOW - DAY, to: NOW - 18 * HOUR, token: 'old' };
    const place = { upTo: null, settled: null, window: long, reach: 6 * HOUR };
    const again = startOver(place, long, NOW);
    assert.deepEqual(again.window, { from: NOW - DAY, to: NOW - 21 * HOUR, openedAt: NOW, token: null });
    assert.equal(again.reach, 3 * HOUR);
    assert.equal(startOver({ ...place, reach: 40 * MINUTE }, long, NOW).reach, 30 * MINUTE);
    assert.equal(advance(again, again.window ?? window, null, HOUR).reach, 6 * HOUR);
  });
});

describe('how far all have come', () => {
  it('is the least of all queries, and unknown while one has not ended its first window', () => {
    const cursor = cursorAt(readAt(NOW, NOW - HOUR));
    assert.equal(caughtUp(cursor), NOW);
    const behind = { queries: { ...cursor.queries, root: readAt(NOW - MINUTE, NOW - HOUR) } };
    assert.equal(caughtUp(behind), NOW - MINUTE);
    const first = { queries: { ...cursor.queries, root: { ...readAt(0, 0), upTo: null } } };
    assert.equal(caughtUp(first), null);
    const { root: _, ...others } = cursor.queries;
    assert.equal(caughtUp({ queries: others }), null);
  });
});

describe('a stored cursor', () => {
  it('comes back from JSON as it was', () => {
    const window = { from: NOW - HOUR, to: NOW, openedAt: NOW, token: 'next' };
    const cursor = cursorAt(readAt(NOW, NOW - HOUR, { window }));
    assert.deepEqual(decodeLookupCursor(JSON.parse(JSON.stringify(cursor))), cursor);
  });

  for (const value of [null, 7, {}, { queries: 1 }, { queries: { writes: { upTo: 'x' } } }])
    it(`is none where it is ${JSON.stringify(value)}`, () => {
      assert.equal(decodeLookupCursor(value), null);
    });

  it('is none where its windows could not move on', () => {
    assert.notEqual(decodeLookupCursor(cursorAt(readAt(NOW, NOW, { reach: 30 * MINUTE }))), null);
    assert.equal(decodeLookupCursor(cursorAt(readAt(NOW, NOW, { reach: 20 * MINUTE }))), null);
  });
});

interface Happening {
  readonly at: number;
  readonly visibleAt: number;
}

/** Plays passes against a trail: what was found when. `refused` tells which page ends by a refused token. */
function play(
  events: readonly Happening[],
  passes: readonly number[],
  refused: (page: number) => boolean = () => false,
): Map<Happening, number> {
  const found = new Map<Happening, number>();
  let place = placeOf(null, QUERY, NOW);
  let page = 0;
  for (const now of passes)
    for (let asked = 0; asked < 30 && isDue(place, now, HOUR); asked++) {
      const window = windowOf(place, now, SPAN);
      if (refused(page++)) {
        place = startOver(place, window, now);
        continue;
      }
      for (const event of events)
        if (event.visibleAt <= now && event.at >= window.from && event.at <= window.to && !found.has(event))
          found.set(event, now);
      place = advance(place, window, null, HOUR);
    }
  return found;
}

describe('events that appear late', () => {
  const everyMinute = Array.from({ length: 240 }, (_, index) => NOW + index * MINUTE);

  for (const lateMinutes of [0, 14, 20, 45, 60])
    it(`${lateMinutes} minutes late: found within 12 minutes`, () => {
      for (let second = 0; second < 1200; second += 60) {
        const at = NOW + 65 * MINUTE + second * 1000;
        const event = { at, visibleAt: at + lateMinutes * MINUTE };
        const foundAt = play([event], everyMinute).get(event) ?? Infinity;
        assert.ok(foundAt - event.visibleAt <= 12 * MINUTE, `${(foundAt - event.visibleAt) / MINUTE} min`);
      }
    });

  it('14 minutes late: found by the next pass that is due', () => {
    const event = { at: NOW + 65 * MINUTE, visibleAt: NOW + 79 * MINUTE };
    assert.ok((play([event], everyMinute).get(event) ?? Infinity) - event.visibleAt <= 2 * MINUTE);
  });

  it('two hours late: not found; the limit is told', () => {
    const event = { at: NOW + 65 * MINUTE, visibleAt: NOW + 185 * MINUTE };
    assert.equal(play([event], everyMinute).has(event), false);
  });

  it('up to an hour late are found whenever passes run, and whichever tokens are refused', () => {
    const gap = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 600 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1500 }), fc.integer({ min: 0, max: 60 })), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.array(gap, { maxLength: 60 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        (lates, gaps, refusals) => {
          const events = lates.map(([at, late]) => ({
            at: NOW + at * MINUTE,
            visibleAt: NOW + (at + late) * MINUTE,
          }));
          const passes = [NOW];
          for (const gap of gaps) passes.push((passes.at(-1) ?? NOW) + gap * MINUTE);
          const last = Math.max(passes.at(-1) ?? NOW, NOW + 1560 * MINUTE);
          const end = Array.from({ length: 12 }, (_, index) => last + (index + 1) * 10 * MINUTE);
          const found = play(events, [...passes, ...end], (page) => refusals[page] === true);
          assert.equal(found.size, new Set(events).size);
        },
      ),
    );
  });
});
