import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectOfCopy, placesOf } from '../../src/digests/local-copy.ts';
import { parseDigest } from '../../src/digests/parse-digest.ts';
import { type Logs, makeChain, makeKey, putLog, readBack, TRAIL } from '../support/digests.ts';

const NAME = '111122223333_CloudTrail_eu-west-1_20261122T1011Z_9nYN7gp2eWAJHIfT.json.gz';
const KEY = `CloudTrail/eu-west-1/2026/11/22/${NAME}`;
const PLACE = 'bucket-2026-11-22/a/AWSLogs/o-org/111122223333';

describe('objectOfCopy', () => {
  it('finds a copy by its path from AWSLogs on, or by its bare name', () => {
    for (const path of [`${PLACE}/${KEY}`, `backup/AWSLogs/o-org/111122223333/${KEY}`, `flat/${NAME}`, NAME])
      assert.equal(objectOfCopy(path, [PLACE]), `${PLACE}/${KEY}`, path);
  });

  it('finds none for another account, organisation or file, nor where two places fit', () => {
    const other = PLACE.replace('a/', 'b/');
    for (const path of [
      NAME.replace('1111', '4444'),
      `backup/AWSLogs/111122223333/${KEY}`,
      `backup/AWSLogs/o-other/111122223333/${KEY}`,
      'notes.json',
    ])
      assert.equal(objectOfCopy(path, [PLACE]), null, path);
    assert.equal(objectOfCopy(NAME, [PLACE, other]), null);
    assert.equal(objectOfCopy(NAME, [PLACE, PLACE.replace('3333', '4444')]), `${PLACE}/${KEY}`);
    assert.equal(objectOfCopy(NAME, []), null);
  });

  it('gives the objects that digests list', () => {
    const logs: Logs = new Map();
    const listed = [putLog(logs, 5), putLog(logs, 50)];
    const files = makeChain({ key: makeKey(), hours: [listed, []], logs }).map(readBack);
    const odd = parseDigest(Buffer.of(), { key: null, signature: null });
    const places = placesOf([...files, odd]);
    assert.deepEqual(places, [`${TRAIL.bucket}/AWSLogs/${TRAIL.account}`]);
    const copies = listed.map((object) => `copy/${object.slice(object.lastIndexOf('/') + 1)}`);
    assert.deepEqual(
      copies.map((path) => objectOfCopy(path, places)),
      listed,
    );
  });
});
