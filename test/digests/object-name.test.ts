import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseObjectName } from '../../src/digests/object-name.ts';

const LOG = '111122223333_CloudTrail_us-east-2_20150817T1445Z_9nYN7gp2eWAJHIfT.json.gz';
const DIGEST = '111122223333_CloudTrail-Digest_us-east-2_my_trail_eu-west-1_20150817T150131Z.json.gz';
const DAY = 86_400_000;

describe('parseObjectName', () => {
  it('reads a log with its prefix, organisation and minute', () => {
    const place = 'bucket/some/prefix/AWSLogs/o-exampleorg/111122223333';
    assert.deepEqual(parseObjectName(`${place}/CloudTrail/us-east-2/2015/08/17/${LOG}`), {
      kind: 'log',
      name: LOG,
      place,
      account: '111122223333',
      region: 'us-east-2',
      trail: null,
      backfill: false,
      from: Date.UTC(2015, 7, 17, 14, 45),
      to: Date.UTC(2015, 7, 17, 14, 46),
    });
  });

  it('reads a digest; a trail may hold the sign that parts the name', () => {
    const place = 'bucket/AWSLogs/111122223333';
    const found = parseObjectName(`${place}/CloudTrail-Digest/us-east-2/2015/08/17/${DIGEST}`);
    assert.deepEqual(
      [found?.kind, found?.place, found?.trail, found?.from],
      ['digest', place, 'my_trail', Date.UTC(2015, 7, 17, 15, 1, 31)],
    );
    assert.equal(parseObjectName(DIGEST.replace('.json', '_backfill.json'))?.backfill, true);
  });

  it('reads a bare name, also of a file that was uncompressed', () => {
    assert.deepEqual([parseObjectName(LOG)?.kind, parseObjectName(LOG)?.place], ['log', '']);
    assert.equal(parseObjectName(DIGEST.slice(0, -3))?.kind, 'digest');
  });

  it('reads the regions of every partition', () => {
    for (const region of [
      'us-gov-west-1',
      'cn-northwest-1',
      'us-isob-east-1',
      'eusc-de-east-1',
      'ap-southeast-5',
    ])
      assert.equal(parseObjectName(LOG.replace('us-east-2', region))?.region, region);
  });

  it('takes any other object in a folder of logs for a log of that day', () => {
    const found = parseObjectName('b/AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/17/odd');
    assert.deepEqual([found?.kind, (found?.to ?? 0) - (found?.from ?? 0)], ['log', DAY]);
  });

  it('knows no other objects', () => {
    for (const path of [
      '',
      'b/AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/17/',
      'b/AWSLogs/111122223333/CloudTrail/us-east-2/2015/02/30/odd',
      'b/AWSLogs/111122223333/CloudTrail-Insight/us-east-2/2015/08/17/odd',
      'b/AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/odd',
      'b/AWSLogs/1111/CloudTrail/us-east-2/2015/08/17/odd',
      LOG.replace('20150817T1445Z', '20151317T1445Z'),
      LOG.replace('_9nYN7gp2eWAJHIfT', ''),
      DIGEST.replace('_eu-west-1', '').replace('my_trail_', ''),
      `${'x'.repeat(5000)}/${LOG}`,
    ])
      assert.equal(parseObjectName(path), null, path.slice(0, 80));
  });

  it('is total', () => {
    const word = fc.constantFrom(
      'CloudTrail',
      'CloudTrail-Digest',
      '111122223333',
      'us-east-2',
      '2015',
      '08',
      LOG,
      '_',
    );
    const path = fc.array(fc.oneof(word, fc.string())).map((parts) => parts.join('/'));
    fc.assert(fc.property(path, (text) => (parseObjectName(text)?.from ?? 0) >= 0));
  });
});
