import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { DigestProblem, DigestWindow, PublicKey } from '../../src/digests/digest.ts';
import { parseDigest } from '../../src/digests/parse-digest.ts';
import { verifyChain } from '../../src/digests/verify-chain.ts';
import {
  alter,
  factsOf,
  HOUR,
  type Logs,
  makeChain,
  makeKey,
  OPEN,
  putLog,
  readBack,
  type StoredDigest,
  T0,
  TRAIL,
} from '../support/digests.ts';

const KEY = makeKey();
const OTHER = makeKey();

/** Six hours, the third without a log. */
function sixHours(): { chain: StoredDigest[]; logs: Logs; hours: string[][] } {
  const logs: Logs = new Map();
  const hours = [[10, 40], [70], [], [190, 200], [250], [310]].map((minutes) =>
    minutes.map((minute) => putLog(logs, minute)),
  );
  return { chain: makeChain({ key: KEY, hours, logs }), logs, hours };
}

function verify(
  chain: readonly StoredDigest[],
  logs: Logs,
  keys: readonly PublicKey[] = [KEY.published],
  window: DigestWindow = OPEN,
): readonly DigestProblem[] {
  return verifyChain(chain.map(readBack), factsOf(logs), keys, window);
}

/** Code, object and the hours of the period, counted from the first. */
function told(problems: readonly DigestProblem[]): unknown[] {
  return problems.map(({ code, object, from, to }) => [code, object, (from - T0) / HOUR, (to - T0) / HOUR]);
}

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
};
const without = <T>(list: readonly T[], ...indexes: number[]): T[] =>
  list.filter((_, index) => !indexes.includes(index));
const withItem = <T>(list: readonly T[], index: number, item: T): T[] => list.with(index, item);
const objectOf = ({ key }: StoredDigest): string => `${TRAIL.bucket}/${key}`;

describe('an untouched chain', () => {
  const { chain, logs } = sixHours();

  it('is silent', () => {
    assert.deepEqual(verify(chain, logs), []);
  });

  it('is silent in any order, given twice, and where one copy lost its signature', () => {
    assert.deepEqual(verify(chain.toReversed(), logs), []);
    const bare = chain.map((stored) => ({ ...stored, signature: null }));
    assert.deepEqual(verify([...bare, ...chain, ...chain.toReversed()], logs), []);
  });

  it('is silent without stored signatures: the next digest holds each of them', () => {
    const bare = chain.map((stored) => ({ ...stored, signature: null }));
    assert.deepEqual(verify(bare, logs), []);
  });

  it('is silent where the beginning was not handed in, and tells a missing digest where it was vouched for', () => {
    const cut = chain.slice(2);
    assert.deepEqual(verify(cut, logs), []);
    assert.deepEqual(verify(cut, logs, [KEY.published], { from: T0 + 2 * HOUR, to: null }), []);
    const problems = verify(cut, logs, [KEY.published], { from: T0 + 1.5 * HOUR, to: null });
    assert.deepEqual(told(problems), [['digest-missing', objectOf(at(chain, 1)), 1.5, 2]]);
  });

  it('is silent where the first digest in hand names one from before the window, though a pause lies between', () => {
    const after = makeChain({ key: KEY, hours: [[]], logs, start: T0 + 3 * HOUR, before: at(chain, 0) });
    const from = (hours: number): DigestWindow => ({ from: T0 + hours * HOUR, to: null });
    assert.deepEqual(verify(after, new Map(), [KEY.published], from(2)), []);
    assert.deepEqual(told(verify(after, new Map(), [KEY.published], from(0.5))), [
      ['digest-missing', objectOf(at(chain, 0)), 0.5, 3],
    ]);
  });

  it('is silent whichever word stands for the signature before the first', () => {
    const hours = [[], []];
    assert.deepEqual(verify(makeChain({ key: KEY, hours, logs, starting: '' }), new Map()), []);
    const wrong = makeChain({ key: KEY, hours, logs, starting: 'none' });
    assert.deepEqual(told(verify(wrong.slice(0, 1), new Map())), [
      ['signature-invalid', objectOf(at(wrong, 0)), 0, 1],
    ]);
  });

  it('is overdue only when more than two digests should have come', () => {
    const window = (hours: number): DigestWindow => ({ from: null, to: T0 + hours * HOUR });
    assert.deepEqual(verify(chain, logs, [KEY.published], window(9)), []);
    assert.deepEqual(told(verify(chain, logs, [KEY.published], window(9.5))), [
      ['digest-missing', objectOf(at(chain, 5)), 6, 9.5],
    ]);
  });
});

describe('a log', () => {
  it('that was removed is missing', () => {
    const { chain, logs, hours } = sixHours();
    const gone = at(at(hours, 3), 1);
    logs.delete(gone);
    assert.deepEqual(told(verify(chain, logs)), [['log-missing', gone, 3, 4]]);
  });

  it('that nobody read says nothing', () => {
    const { chain, hours } = sixHours();
    assert.notEqual(hours.length, 0);
    const facts = { find: () => 'unread' as const, seen: [] };
    assert.deepEqual(verifyChain(chain.map(readBack), facts, [KEY.published], OPEN), []);
  });

  it('that was altered, cut off or continued is altered; one packed anew is not', () => {
    const { chain, logs, hours } = sixHours();
    const log = at(at(hours, 1), 0);
    const original = logs.get(log) ?? Buffer.of();
    const altered = [['log-altered', log, 1, 2]];
    const content = '{"Records":[70]}';
    for (const bytes of [
      gzipSync('{"Records":[71]}'),
      original.subarray(0, -9),
      Buffer.concat([original, gzipSync('{"Records":[]}')]),
      Buffer.of(),
    ])
      assert.deepEqual(told(verify(chain, logs.set(log, bytes))), altered);
    for (const bytes of [gzipSync(content, { level: 1 }), Buffer.from(content)])
      assert.deepEqual(verify(chain, logs.set(log, bytes)), []);
  });

  it('that was put there is in no digest', () => {
    const { chain, logs } = sixHours();
    const planted = putLog(logs, 130, '{"Records":["planted"]}');
    const minute = (130 - 31 / 60) / 60;
    assert.deepEqual(
      verify(chain, logs).map(({ code, object, trail, from }) => [code, object, trail, (from - T0) / HOUR]),
      [['log-unlisted', planted, 'main_trail', minute]],
    );
  });

  it('that was put there under any name in the folder of its day is in no digest', () => {
    const logs: Logs = new Map();
    const chain = makeChain({ key: KEY, hours: Array.from({ length: 44 }, () => []), logs });
    const folder = `${TRAIL.bucket}/AWSLogs/${TRAIL.account}/CloudTrail/${TRAIL.region}`;
    logs.set(`${folder}/2026/11/23/notes.json`, gzipSync('{}'));
    logs.set(`${folder}/2026/11/24/notes.json`, gzipSync('{}'));
    logs.set(`${TRAIL.bucket}/notes.json`, gzipSync('{}'));
    const days = [23, 24].map((day) => (Date.UTC(2026, 10, day) - T0) / HOUR);
    assert.deepEqual(told(verify(chain, logs)), [
      ['log-unlisted', `${folder}/2026/11/23/notes.json`, ...days],
    ]);
  });

  it('of the last hour may be listed yet', () => {
    const { chain, logs } = sixHours();
    putLog(logs, 301);
    assert.deepEqual(verify(chain, logs), []);
    const planted = putLog(logs, 298);
    assert.deepEqual(
      verify(chain, logs).map(({ object }) => object),
      [planted],
    );
  });

  it('that came just before the first digest in hand may be in the one before', () => {
    const { chain, logs } = sixHours();
    putLog(logs, 72);
    assert.deepEqual(verify(chain.slice(1), logs), []);
    const planted = putLog(logs, 80);
    assert.deepEqual(
      verify(chain.slice(1), logs).map(({ object }) => object),
      [planted],
    );
  });

  it('is called unlisted only where keys prove the digests', () => {
    const { chain, logs } = sixHours();
    putLog(logs, 130, '{}');
    assert.deepEqual(
      verify(chain, logs, []).map(({ code }) => code),
      ['key-unknown'],
    );
  });

  it('is not called unlisted by a newest digest that nothing proves yet', () => {
    const { chain, logs } = sixHours();
    const planted = putLog(logs, 270, '{}');
    const bare = withItem(chain, 5, { ...at(chain, 5), signature: null });
    assert.deepEqual(verify(bare, logs), []);
    assert.deepEqual(
      verify(chain, logs).map(({ object }) => object),
      [planted],
    );
  });

  it('of a place that only an altered digest claims is not unlisted', () => {
    const { chain, logs } = sixHours();
    putLog(logs, 190, '{}', { ...TRAIL, bucket: 'other-bucket' });
    const altered = alter(at(chain, 0), '"digestS3Bucket":"trail', '"digestS3Bucket":"other');
    assert.deepEqual(
      verify(withItem(chain, 0, altered), logs).map(({ code }) => code),
      ['digest-altered'],
    );
  });

  it('before the window is neither looked up nor told, nor is a digest before or behind it', () => {
    const { chain, logs, hours } = sixHours();
    const facts = factsOf(logs);
    const asked: string[] = [];
    const find = (object: string) => {
      asked.push(object);
      return facts.find(object);
    };
    const window = { from: T0 + 3 * HOUR, to: T0 + 5 * HOUR };
    const altered = alter(at(chain, 1), '"logFiles":[', '"logFiles": [');
    logs.delete(at(at(hours, 0), 0));
    logs.delete(at(at(hours, 5), 0));
    const files = withItem(chain, 1, altered).map(readBack);
    assert.deepEqual(verifyChain(files, { find, seen: logs.keys() }, [KEY.published], window), []);
    assert.deepEqual(asked, hours.slice(3).flat());
  });

  it('of another account, region or place is none of these digests', () => {
    const { chain, logs } = sixHours();
    for (const other of [
      { ...TRAIL, account: '444455556666' },
      { ...TRAIL, region: 'us-east-1' },
      { ...TRAIL, prefix: 'other/' },
    ])
      putLog(logs, 130, '{}', other);
    assert.deepEqual(verify(chain, logs), []);
  });

  it('of a second trail in the same folder is not unlisted, also where a digest of that one is missing', () => {
    const { chain, logs, hours } = sixHours();
    const second = { ...TRAIL, trail: 'second' };
    const theirs = hours.map((_, hour) => [putLog(logs, 60 * hour + 5, '{"second":1}')]);
    const others = makeChain({ key: KEY, hours: theirs, logs, trail: second });
    assert.deepEqual(verify([...chain, ...others], logs), []);
    assert.deepEqual(
      verify([...chain, ...without(others, 2)], logs).map(({ code, trail }) => [code, trail]),
      [['digest-missing', 'second']],
    );
    const planted = putLog(logs, 130, '{"planted":1}');
    assert.deepEqual(
      verify([...chain, ...others], logs).map(({ code, object }) => [code, object]),
      [['log-unlisted', planted]],
    );
  });
});

describe('a log that no digest lists, beside a second trail in its folder', () => {
  const second = { ...TRAIL, trail: 'second' };
  const empty = (count: number): string[][] => Array.from({ length: count }, () => []);

  function unlisted(minutes: number, start: number, hours: number, cut: number): string[] {
    const logs: Logs = new Map();
    const main = makeChain({ key: KEY, hours: empty(14), logs });
    const theirs = makeChain({
      key: KEY,
      hours: empty(hours),
      logs,
      start: T0 + start * HOUR,
      trail: second,
    });
    putLog(logs, minutes);
    return verify([...main, ...theirs.slice(cut)], logs).map(({ code, trail }) => `${code} ${trail}`);
  }

  it('may be of the second where its first digests were not handed in, and is not where it began later', () => {
    assert.deepEqual(unlisted(130, 2, 12, 4), []);
    assert.deepEqual(unlisted(130, 6, 8, 0), ['log-unlisted main_trail']);
  });

  it('may be of the second shortly after its last digest, and is not long after', () => {
    assert.deepEqual(unlisted(4 * 60, 0, 2, 0), []);
    assert.deepEqual(unlisted(8 * 60, 0, 2, 0), ['log-unlisted main_trail']);
  });
});

describe('a digest', () => {
  it('that is missing is told with its period, also two in a row', () => {
    const { chain, logs } = sixHours();
    assert.deepEqual(told(verify(without(chain, 3), logs)), [
      ['digest-missing', objectOf(at(chain, 3)), 3, 4],
    ]);
    assert.deepEqual(told(verify(without(chain, 2, 3), logs)), [
      ['digest-missing', objectOf(at(chain, 3)), 2, 4],
    ]);
  });

  it('that was altered is told, and its lists with it are void', () => {
    const { chain, logs, hours } = sixHours();
    const log = at(at(hours, 4), 0);
    logs.set(log, gzipSync('{"Records":["other"]}'));
    const altered = alter(at(chain, 4), /"hashValue":"[0-9a-f]{64}"/, `"hashValue":"${'0'.repeat(64)}"`);
    assert.deepEqual(told(verify(withItem(chain, 4, altered), logs)), [
      ['digest-altered', objectOf(at(chain, 4)), 4, 5],
    ]);
  });

  it('that was altered last of all has a signature that is not its own', () => {
    const { chain, logs } = sixHours();
    const altered = alter(at(chain, 5), '"logFiles":[', '"logFiles": [');
    assert.deepEqual(told(verify(withItem(chain, 5, altered), logs)), [
      ['signature-invalid', objectOf(at(chain, 5)), 5, 6],
    ]);
  });

  it('that was altered without stored signatures is told through the next one', () => {
    const { chain, logs } = sixHours();
    const bare = chain.map((stored) => ({ ...stored, signature: null }));
    const altered = alter(at(bare, 4), '"logFiles":[', '"logFiles": [');
    assert.deepEqual(told(verify(withItem(bare, 4, altered), logs)), [
      ['digest-altered', objectOf(at(chain, 4)), 4, 5],
    ]);
  });

  it('whose own word on its place and time was altered is still told where it was found', () => {
    const { chain, logs } = sixHours();
    const digest = at(chain, 2);
    for (const [part, by] of [
      ['"digestEndTime":"2026', '"digestEndTime":"2066'],
      ['"digestS3Object":"AWSLogs/111122223333', '"digestS3Object":"AWSLogs/999922223333'],
      ['"digestS3Bucket":"trail', '"digestS3Bucket":"other'],
      [/"previousDigestHashValue":"[0-9a-f]{4}/, '"previousDigestHashValue":"zzzz'.replaceAll('z', '0')],
      ['_20261122T130131Z.json.gz","digestPublic', '_20261122T150131Z.json.gz","digestPublic'],
      [/"previousDigestS3Bucket".*?"logFiles"/, '"logFiles"'],
    ] as const) {
      const problems = verify(withItem(chain, 2, alter(digest, part, by)), logs);
      assert.deepEqual(told(problems), [['digest-altered', objectOf(digest), 2, 3]], by);
    }
  });

  it('with the signature of another key, under the name of the right one', () => {
    const { chain, logs, hours } = sixHours();
    const forged = { ...OTHER, fingerprint: KEY.fingerprint };
    const last = makeChain({
      key: forged,
      hours: [at(hours, 5)],
      logs,
      start: T0 + 5 * HOUR,
      before: at(chain, 4),
    });
    assert.deepEqual(told(verify([...chain.slice(0, 5), ...last], logs)), [
      ['signature-invalid', objectOf(at(chain, 5)), 5, 6],
    ]);
  });

  it('whose stored signature was exchanged is told, though the next one vouches for its content', () => {
    const { chain, logs } = sixHours();
    const exchanged = { ...at(chain, 2), signature: at(chain, 3).signature };
    assert.deepEqual(told(verify(withItem(chain, 2, exchanged), logs)), [
      ['signature-invalid', objectOf(at(chain, 2)), 2, 3],
    ]);
  });

  it('under the name of another was moved', () => {
    const { chain, logs } = sixHours();
    const moved = { ...at(chain, 1), key: at(chain, 2).key };
    const problems = verify(withItem(chain, 2, moved), logs);
    assert.deepEqual(told(problems), [['digest-altered', objectOf(at(chain, 2)), 2, 3]]);
  });

  it('that is cut off cannot be read, and its place in the chain is known', () => {
    const { chain, logs } = sixHours();
    const { key, content, signature } = at(chain, 3);
    const cut = parseDigest(gzipSync(content).subarray(0, -20), { key, signature });
    const files = withItem(chain.map(readBack), 3, cut);
    assert.deepEqual(told(verifyChain(files, factsOf(logs), [KEY.published], OPEN)), [
      ['digest-unreadable', key, 3, 4],
    ]);
  });

  it('that cannot be read and names nothing is told without a place', () => {
    const { chain, logs } = sixHours();
    const stray = parseDigest(Buffer.from('no digest'), { key: 'folder/odd.json.gz', signature: null });
    const problems = verifyChain([...chain.map(readBack), stray], factsOf(logs), [KEY.published], OPEN);
    assert.deepEqual(
      problems.map(({ code, object, account }) => [code, object, account]),
      [['digest-unreadable', 'folder/odd.json.gz', '']],
    );
  });
});

describe('two digests of one name', () => {
  it('are told from each other by the next one', () => {
    const { chain, logs } = sixHours();
    for (const index of [0, 3])
      for (const spaces of ['  ', '   ', '    ', '     ', '      ']) {
        const copy = alter(at(chain, index), '"logFiles":[', `"logFiles":${spaces}[`);
        assert.deepEqual(told(verify([...chain, copy], logs)), [
          ['digest-altered', objectOf(copy), index, index + 1],
        ]);
      }
  });

  it('are told from each other by the signature of one', () => {
    const { chain, logs } = sixHours();
    for (const spaces of ['  ', '   ', '    ', '     ', '      ']) {
      const copy = alter({ ...at(chain, 5), signature: null }, '"logFiles":[', `"logFiles":${spaces}[`);
      assert.deepEqual(told(verify([...chain, copy], logs)), [['digest-altered', objectOf(copy), 5, 6]]);
    }
  });
});

describe('what a digest says of the one before it', () => {
  it('weighs less than what a proven one says', () => {
    const { chain, logs } = sixHours();
    const wrong = alter(at(chain, 1), '"logFiles":[', '"logFiles": [');
    const doubtful = makeChain({ key: OTHER, hours: [[]], logs, start: T0 + 1.5 * HOUR, before: wrong });
    assert.deepEqual(told(verify([...chain, ...doubtful], logs)), [
      ['key-unknown', objectOf(at(doubtful, 0)), 1.5, 2.5],
    ]);
  });

  it('holds its signature where the stored one was exchanged, so that its lists still count', () => {
    const { chain, logs, hours } = sixHours();
    const exchanged = { ...at(chain, 4), signature: at(chain, 3).signature };
    const bare = { ...at(chain, 5), signature: null };
    const log = at(at(hours, 4), 0);
    logs.delete(log);
    assert.deepEqual(told(verify([...chain.slice(0, 4), exchanged, bare], logs)), [
      ['log-missing', log, 4, 5],
      ['signature-invalid', objectOf(exchanged), 4, 5],
    ]);
  });

  it('vouches for nothing while it is not proven itself', () => {
    const logs: Logs = new Map();
    const listed = putLog(logs, 10);
    const forged = { ...OTHER, fingerprint: KEY.fingerprint };
    const chain = makeChain({ key: forged, hours: [[listed], []], logs });
    logs.delete(listed);
    const bare = { ...at(chain, 1), signature: null };
    assert.deepEqual(told(verify([at(chain, 0), bare], logs)), [
      ['signature-invalid', objectOf(at(chain, 0)), 0, 1],
    ]);
  });
});

describe('a chain', () => {
  it('that starts a second time is told with the period between', () => {
    const { chain, logs } = sixHours();
    const again = makeChain({ key: KEY, hours: [[], []], logs, start: T0 + 9 * HOUR });
    assert.deepEqual(told(verify([...chain, ...again], logs)), [
      ['chain-restarted', objectOf(at(again, 0)), 6, 9],
    ]);
    assert.deepEqual(verify(again, new Map()), []);
  });

  it('with a signed digest that the next one does not know is broken', () => {
    const { chain, logs } = sixHours();
    const twin = makeChain({ key: KEY, hours: [[]], logs, start: T0 + 2 * HOUR, before: at(chain, 0) });
    const problems = verify([...without(chain, 2), ...twin], logs);
    assert.deepEqual(told(problems), [['chain-broken', objectOf(at(chain, 2)), 2, 3]]);
  });

  it('that names a stranger where the one before it ends is broken', () => {
    const { chain, logs } = sixHours();
    const far = makeChain({ key: KEY, hours: [[]], logs, start: T0 - 20 * HOUR });
    const next = makeChain({ key: KEY, hours: [[]], logs, start: T0 + 6 * HOUR, before: at(far, 0) });
    assert.deepEqual(told(verify([...chain, ...next], logs)), [
      ['chain-broken', objectOf(at(next, 0)), 6, 7],
    ]);
  });

  it('of one trail is not mixed with that of another region, account or trail', () => {
    const { chain, logs } = sixHours();
    const others = [
      { ...TRAIL, trail: 'other' },
      { ...TRAIL, account: '444455556666' },
    ].flatMap((trail) => makeChain({ key: KEY, hours: [[], []], logs, trail, start: T0 + 30 * HOUR }));
    assert.deepEqual(verify([...chain, ...others], logs), []);
  });
});

describe('a key', () => {
  it('that is not at hand is told once for all that it signed', () => {
    const { chain, logs } = sixHours();
    assert.deepEqual(told(verify(chain, logs, [OTHER.published])), [
      ['key-unknown', objectOf(at(chain, 0)), 0, 6],
    ]);
  });

  it('is not missed where a newer digest vouches', () => {
    const logs: Logs = new Map();
    const old = makeChain({ key: OTHER, hours: [[], []], logs });
    const chain = makeChain({ key: KEY, hours: [[], []], logs, start: T0 + 2 * HOUR, before: at(old, 1) });
    assert.deepEqual(verify([...old, ...chain], logs), []);
    assert.deepEqual(told(verify(old, logs)), [['key-unknown', objectOf(at(old, 0)), 0, 2]]);
  });

  it('of another region is none', () => {
    const { chain, logs } = sixHours();
    const elsewhere = { ...KEY.published, region: 'us-east-1' };
    assert.deepEqual(told(verify(chain, logs, [elsewhere])), [['key-unknown', objectOf(at(chain, 0)), 0, 6]]);
    assert.deepEqual(verify(chain, logs, [elsewhere, { ...KEY.published, region: null }]), []);
  });

  it('that was not valid then is none', () => {
    const { chain, logs } = sixHours();
    const expired = { ...KEY.published, to: T0 + 5.5 * HOUR };
    assert.deepEqual(told(verify(chain, logs, [expired])), [['key-unknown', objectOf(at(chain, 5)), 5, 6]]);
    const young = { ...KEY.published, from: T0 + 48 * HOUR };
    assert.deepEqual(told(verify(chain, logs, [young])), [['key-unknown', objectOf(at(chain, 0)), 0, 6]]);
  });

  it('is not needed to see that a digest is not what the next one says', () => {
    const { chain, logs } = sixHours();
    const altered = withItem(chain, 2, alter(at(chain, 2), '"logFiles":[', '"logFiles": ['));
    assert.deepEqual(
      verify(altered, logs, []).map(({ code }) => code),
      ['key-unknown', 'chain-broken'],
    );
  });
});
