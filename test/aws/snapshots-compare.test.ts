import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareSnapshots, knownSnapshots } from '../../src/aws/snapshots-compare.ts';
import { type Snapshot, toSnapshot, type Value } from '../../src/aws/snapshots-snapshot.ts';

const ACCOUNT = '111122223333';

function trail(resource: string, value: Readonly<Record<string, Value>>, region = 'eu-central-1'): Snapshot {
  return toSnapshot({ kind: 'trail', account: ACCOUNT, region, resource, value, weaknesses: [] });
}

describe('compareSnapshots', () => {
  it('names each field that changed, with before and after', () => {
    const before = [trail('main', { bucket: 'logs', validation: true, kmsKey: 'k' })];
    const after = [trail('main', { bucket: 'other', validation: true })];
    const key = `aws/${ACCOUNT}/eu-central-1/trail/main`;
    assert.deepEqual(compareSnapshots(before, after), [
      { key, field: 'bucket', before: 'logs', after: 'other' },
      { key, field: 'kmsKey', before: 'k', after: null },
    ]);
  });

  it('a value is compared with its type', () => {
    const changes = compareSnapshots([trail('main', { days: 7 })], [trail('main', { days: '7' })]);
    assert.deepEqual(
      changes.map(({ before, after }) => [before, after]),
      [[7, '7']],
    );
  });

  it('what is gone changed; what is new did not', () => {
    const [one, two] = [trail('one', {}), trail('two', {})];
    const gone = { key: one.key, field: 'present', before: true, after: false };
    assert.deepEqual(compareSnapshots([one], [two]), [gone]);
  });

  it('what could not be read is not gone', () => {
    const [one, two] = [trail('one', {}), trail('two', {}, 'us-east-1')];
    const changed = (unread: readonly string[]) =>
      compareSnapshots([one, two], [], unread).map(({ key }) => key);
    assert.deepEqual(changed([]), [one.key, two.key]);
    assert.deepEqual(changed([`aws/${ACCOUNT}/us-east-1/trail`]), [one.key]);
    assert.deepEqual(changed([`aws/${ACCOUNT}/*/trail`]), []);
    assert.deepEqual(changed([`aws/${ACCOUNT}/*/trail-status`]), [one.key, two.key]);
    assert.deepEqual(changed([`aws/${ACCOUNT}/us-east-1/tra`]), [one.key, two.key]);
    assert.deepEqual(changed(['aws']), []);
  });

  it('a look compared with itself in any order shows nothing', () => {
    const value = fc.dictionary(
      fc.string({ maxLength: 5 }),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    );
    const snapshot = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), value);
    const looks = fc.uniqueArray(snapshot, { selector: ([name]) => name });
    fc.assert(
      fc.property(looks, (some) => {
        const look = some.map(([name, fields]) => trail(name, fields));
        assert.deepEqual(compareSnapshots(look, look.toReversed()), []);
      }),
    );
  });
});

describe('knownSnapshots', () => {
  it('keeps of the earlier look only what could not be read', () => {
    const old = [trail('gone', { a: 1 }), trail('far', { a: 1 }, 'us-east-1'), trail('here', { a: 1 })];
    const here = trail('here', { a: 2 });
    const known = knownSnapshots(old, [here], [`aws/${ACCOUNT}/us-east-1/trail`]);
    assert.deepEqual(known, [here, old[1]]);
  });
});

describe('toSnapshot', () => {
  it('sorts its fields and cuts long text', () => {
    const { value } = trail('main', { b: 'x'.repeat(5000), a: 1 });
    assert.deepEqual(Object.keys(value), ['a', 'b']);
    assert.equal(String(value['b']).length, 1024);
  });
});
