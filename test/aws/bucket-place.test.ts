import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseBucketUrl, toBucketUrl } from '../../src/aws/bucket-place.ts';

describe('parseBucketUrl', () => {
  it('takes a bucket with and without a prefix', () => {
    assert.deepEqual(parseBucketUrl('s3://corp-trail/AWSLogs'), { bucket: 'corp-trail', prefix: 'AWSLogs' });
    assert.deepEqual(parseBucketUrl('s3://corp-trail/a/b/'), { bucket: 'corp-trail', prefix: 'a/b/' });
    assert.deepEqual(parseBucketUrl('s3://corp-trail'), { bucket: 'corp-trail', prefix: '' });
    assert.deepEqual(parseBucketUrl('s3://corp-trail/'), { bucket: 'corp-trail', prefix: '' });
  });

  it('takes nothing else', () => {
    const wrong = ['', 'corp-trail', 's3://', 's3://ab', 's3://Corp', 's3:/corp', 'https://corp-trail/x'];
    for (const url of [...wrong, `s3://corp-trail/${'x'.repeat(1025)}`, 's3://-corp', 's3://corp trail'])
      assert.equal(parseBucketUrl(url), null, url);
  });

  it('reads what toBucketUrl writes', () => {
    const prefix = fc.string({ maxLength: 30 }).filter((text) => !/[\r\n\u2028\u2029]/.test(text));
    fc.assert(
      fc.property(prefix, (text) => {
        const place = { bucket: 'corp-trail', prefix: text };
        assert.deepEqual(parseBucketUrl(toBucketUrl(place)), place);
      }),
    );
  });
});
