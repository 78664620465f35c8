import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBucketUrl } from '../../src/aws/bucket-place.ts';

describe('parseBucketUrl', () => {
  it('takes a bucket with and without a prefix', () => {
    assert.deepEqual(parseBucketUrl('s3://corp-trail/AWSLogs'), { bucket: 'corp-trail', prefix: 'AWSLogs/' });
    assert.deepEqual(parseBucketUrl('s3://corp-trail/a/b/'), { bucket: 'corp-trail', prefix: 'a/b/' });
    assert.deepEqual(parseBucketUrl('s3://corp-trail'), { bucket: 'corp-trail', prefix: '' });
    assert.deepEqual(parseBucketUrl('s3://corp-trail/'), { bucket: 'corp-trail', prefix: '' });
  });

  it('takes nothing else', () => {
    const wrong = ['', 'corp-trail', 's3://', 's3://ab', 's3://Corp', 's3:/corp', 'https://corp-trail/x'];
    for (const url of [...wrong, `s3://corp-trail/${'x'.repeat(1024)}`, 's3://-corp', 's3://corp trail'])
      assert.equal(parseBucketUrl(url), null, url);
  });
});
