import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Digest, DigestFile } from '../../src/digests/digest.ts';
import { logHash } from '../../src/digests/hash.ts';
import { parseDigest } from '../../src/digests/parse-digest.ts';

/** The sample of the CloudTrail user guide, "CloudTrail digest file structure". */
const SAMPLE = {
  awsAccountId: '111122223333',
  digestStartTime: '2015-08-17T14:01:31Z',
  digestEndTime: '2015-08-17T15:01:31Z',
  digestS3Bucket: 'S3-bucket-name',
  digestS3Object:
    'AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T150131Z.json.gz',
  digestPublicKeyFingerprint: '31e8b5433410dfb61a9dc45cc65b22ff',
  digestSignatureAlgorithm: 'SHA256withRSA',
  newestEventTime: '2015-08-17T14:52:27Z',
  oldestEventTime: '2015-08-17T14:42:27Z',
  previousDigestS3Bucket: 'S3-bucket-name',
  previousDigestS3Object:
    'AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T140131Z.json.gz',
  previousDigestHashValue: '97fb791cf91ffc440d274f8190dbdd9aa09c34432aba82739df18b6d3c13df2d',
  previousDigestHashAlgorithm: 'SHA-256',
  previousDigestSignature: 'ab'.repeat(256),
  logFiles: [
    {
      s3Bucket: 'S3-bucket-name',
      s3Object:
        'AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/17/111122223333_CloudTrail_us-east-2_20150817T1445Z_9nYN7gp2eWAJHIfT.json.gz',
      hashValue: '9bb6196fc6b84d6f075a56548feca262bd99ba3c2de41b618e5b6e22c1fc71f6',
      hashAlgorithm: 'SHA-256',
      newestEventTime: '2015-08-17T14:52:27Z',
      oldestEventTime: '2015-08-17T14:42:27Z',
    },
  ],
};

const STARTING = {
  previousDigestS3Bucket: null,
  previousDigestS3Object: null,
  previousDigestHashValue: null,
  previousDigestHashAlgorithm: null,
  previousDigestSignature: null,
};

function parse(fields: object, key: string | null = null, signature: string | null = null): DigestFile {
  return parseDigest(Buffer.from(JSON.stringify({ ...SAMPLE, ...fields })), { key, signature });
}

function digestOf(file: DigestFile): Digest {
  if ('digest' in file) return file.digest;
  throw new Error(file.problem.reason);
}

function reasonOf(file: DigestFile): string | null {
  return 'problem' in file ? file.problem.reason : null;
}

describe('parseDigest', () => {
  it('reads the sample of the user guide', () => {
    const { signed, sha256, ...digest } = digestOf(parse({}));
    assert.deepEqual(digest, {
      account: '111122223333',
      region: 'us-east-2',
      trail: 'your-trail-name',
      backfill: false,
      from: Date.UTC(2015, 7, 17, 14, 1, 31),
      to: Date.UTC(2015, 7, 17, 15, 1, 31),
      bucket: 'S3-bucket-name',
      key: SAMPLE.digestS3Object,
      found: null,
      name: '111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T150131Z.json.gz',
      place: 'S3-bucket-name/AWSLogs/111122223333',
      moved: false,
      signature: null,
      fingerprint: '31e8b5433410dfb61a9dc45cc65b22ff',
      previous: {
        bucket: 'S3-bucket-name',
        key: SAMPLE.previousDigestS3Object,
        sha256: SAMPLE.previousDigestHashValue,
        signature: SAMPLE.previousDigestSignature,
      },
      logs: [
        {
          object: `S3-bucket-name/${SAMPLE.logFiles[0]?.s3Object}`,
          sha256: '9bb6196fc6b84d6f075a56548feca262bd99ba3c2de41b618e5b6e22c1fc71f6',
        },
      ],
    });
    assert.equal(signed, `2015-08-17T15:01:31Z\nS3-bucket-name/${SAMPLE.digestS3Object}\n${sha256}\n`);
  });

  it('takes the hash of the uncompressed bytes', () => {
    const bytes = Buffer.from(JSON.stringify(SAMPLE));
    const facts = { key: null, signature: null };
    const [plain, packed] = [parseDigest(bytes, facts), parseDigest(gzipSync(bytes), facts)].map(digestOf);
    assert.equal(plain?.sha256, packed?.sha256);
    assert.equal(plain?.sha256, logHash(bytes, 1e6));
  });

  it('knows a starting digest, and none that is one by half', () => {
    assert.equal(digestOf(parse(STARTING)).previous, null);
    assert.match(String(reasonOf(parse({ ...STARTING, previousDigestS3Bucket: 'b' }))), /in part/);
    assert.match(String(reasonOf(parse({ previousDigestSignature: null }))), /in part/);
    assert.match(String(reasonOf(parse({ previousDigestHashAlgorithm: 'SHA-512' }))), /in part/);
  });

  it('takes a local path, but no other name, for its place', () => {
    const name = digestOf(parse({})).name;
    for (const key of [SAMPLE.digestS3Object, `backup/${name}`, name, 'renamed.json.gz'])
      assert.equal(digestOf(parse({}, key)).moved, false, key);
    const other = digestOf(parse({}, name.replace('15013', '16013')));
    assert.deepEqual([other.moved, other.name.includes('T160131Z')], [true, true]);
  });

  it('knows a digest of late logs by its name', () => {
    const key = SAMPLE.digestS3Object.replace('.json', '_backfill.json');
    const digest = digestOf(parse({ digestS3Object: key }));
    assert.deepEqual([digest.backfill, digest.trail, digest.moved], [true, 'your-trail-name', false]);
  });

  it('keeps a signature that is none, so that it verifies with no key', () => {
    const signatures = ['AB'.repeat(128), ` ${'ab'.repeat(128)}\n`, 'not hex', '', ' ', null];
    assert.deepEqual(
      signatures.map((signature) => digestOf(parse({}, null, signature)).signature),
      ['ab'.repeat(128), 'ab'.repeat(128), '00', null, null, null],
    );
  });

  it('says why another record is none, without its content', () => {
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ digestEndTime: 'noon' }, /period/],
      [{ digestEndTime: '2015-08-17T13:01:31Z' }, /period/],
      [{ digestS3Object: 'elsewhere' }, /place/],
      [{ digestS3Bucket: '' }, /place/],
      [{ digestPublicKeyFingerprint: null }, /key/],
      [{ digestSignatureAlgorithm: 'SHA1withRSA' }, /algorithm/],
      [{ logFiles: null }, /list of logs/],
      [{ logFiles: [{ ...SAMPLE.logFiles[0], hashValue: 'zz' }] }, /list of logs/],
      [{ logFiles: [{ ...SAMPLE.logFiles[0], hashAlgorithm: 'MD5' }] }, /list of logs/],
      [{ logFiles: [null] }, /list of logs/],
    ];
    for (const [fields, reason] of cases) assert.match(String(reasonOf(parse(fields))), reason);
  });

  it('cannot read what is cut off, damaged, too large or no JSON object', () => {
    const packed = gzipSync(JSON.stringify(SAMPLE));
    const large = Buffer.alloc(17 * 1024 * 1024, ' ');
    const facts = { key: 'k', signature: null };
    for (const bytes of [packed.subarray(0, -1), packed.subarray(0, 30), large, gzipSync(large)])
      assert.deepEqual(parseDigest(bytes, facts), {
        problem: { key: 'k', reason: 'it is cut off, damaged or too large' },
      });
    for (const bytes of [Buffer.of(), Buffer.from('[]'), Buffer.from('null'), Buffer.of(0xff, 0xfe)])
      assert.equal(reasonOf(parseDigest(bytes, facts)), 'it is not a JSON object');
  });

  it('is total', () => {
    const text = JSON.stringify(SAMPLE);
    const facts = fc.record({ key: fc.option(fc.string()), signature: fc.option(fc.string()) });
    const spliced = fc
      .tuple(fc.nat(text.length), fc.nat(40), fc.string())
      .map(([at, length, by]) => Buffer.from(text.slice(0, at) + by + text.slice(at + length)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), spliced), facts, (bytes, beside) => {
        const file = parseDigest(bytes, beside);
        return 'digest' in file || file.problem.reason.length > 0;
      }),
    );
  });
});

describe('logHash', () => {
  const plain = Buffer.from('{"Records":[]}');

  it('is of the uncompressed content, whatever the compression', () => {
    assert.equal(logHash(gzipSync(plain, { level: 9 }), 100), logHash(plain, 100));
    assert.equal(
      logHash(Buffer.from('abc'), 100),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('is another for what is cut off, continued or beyond the limit', () => {
    const packed = gzipSync(plain);
    const hashes = [packed.subarray(0, -1), Buffer.concat([packed, gzipSync('x')])].map((it) =>
      logHash(it, 100),
    );
    for (const hash of [...hashes, logHash(packed, 5)]) assert.notEqual(hash, logHash(plain, 100));
  });
});
