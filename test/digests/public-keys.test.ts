import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keysFromListPublicKeys } from '../../src/digests/public-keys.ts';
import { verifyChain } from '../../src/digests/verify-chain.ts';
import { factsOf, makeChain, makeKey, OPEN, readBack } from '../support/digests.ts';

/** Two keys of the CloudTrail user guide's sample answer: one PKCS #1, one SubjectPublicKeyInfo. */
const PKCS1 = {
  ValidityStartTime: '1436317441.0',
  ValidityEndTime: '1438909441.0',
  Value:
    'MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB',
  Fingerprint: '8eba5db5bea9b640d1c96a77256fe7f2',
};
const SPKI = {
  ValidityStartTime: '1434589370.0',
  ValidityEndTime: '1437181370.0',
  Value:
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqlzPJbvZJ42UdcmLfPUqXYNfOs6I8lCfao/tOs8CmzPOEdtLWugB9xoIUz78qVHdKIqxbaG4jWHfJBiOSSFBM0lt8cdVo4TnRa7oG9io5pysS6DJhBBAeXsicufsiFJR+wrUNh8RSLxL4k6G1+BhLX20tJkZ/erT97tDGBujAelqseGg3vPZbTx9SMfOLN65PdLFudLP7Gat0Z9p5jw/rjpclKfo9Bfc3heeBxWGKwBBOKnFAaN9V57pOaosCvPKmHd9bg7jsQkI9Xp22IzGLsTFJZYVA3KiTAElDMu80iFXPHEq9hKNbt9e4URFam+1utKVEiLkR2disdCmPTK0VQIDAQAB',
  Fingerprint: '31e8b5433410dfb61a9dc45cc65b22ff',
};

describe('keysFromListPublicKeys', () => {
  it('reads what the command prints: times as seconds, in text or number, or as ISO-8601', () => {
    const start = Date.UTC(2015, 6, 8, 1, 4, 1);
    for (const ValidityStartTime of [
      '1436317441.0',
      1436317441,
      '2015-07-08T01:04:01+00:00',
      new Date(start),
    ]) {
      const [key] = keysFromListPublicKeys({ PublicKeyList: [{ ...PKCS1, ValidityStartTime }] }, 'us-east-2');
      assert.deepEqual(
        [key?.fingerprint, key?.region, key?.from, key?.to],
        [PKCS1.Fingerprint, 'us-east-2', start, 1438909441000],
      );
    }
  });

  it('reads the answer of the SDK, and the list alone', () => {
    const entry = { ...SPKI, Value: new Uint8Array(Buffer.from(SPKI.Value, 'base64')) };
    const [fromText, fromBytes, fromList] = [
      { publicKeyList: [SPKI] },
      { $metadata: {}, PublicKeyList: [entry], NextToken: undefined },
      [entry],
    ].map((answer) => keysFromListPublicKeys(answer, null)[0]);
    assert.deepEqual(new Uint8Array(fromText?.der ?? []), fromBytes?.der);
    assert.deepEqual(fromBytes, fromList);
  });

  it('finds the published fingerprints to be the MD5 of the published keys', () => {
    for (const key of keysFromListPublicKeys([PKCS1, SPKI], null))
      assert.equal(createHash('md5').update(key.der).digest('hex'), key.fingerprint);
  });

  it('leaves out what is no key, and takes a key without times as always valid', () => {
    const answer = [
      null,
      1,
      {},
      { ...PKCS1, Value: '!' },
      { ...PKCS1, Fingerprint: 'x' },
      { ...PKCS1, Value: null },
    ];
    assert.deepEqual(keysFromListPublicKeys(answer, null), []);
    const { Fingerprint, Value } = PKCS1;
    const [key] = keysFromListPublicKeys([{ Fingerprint, Value, ValidityEndTime: 'never' }], null);
    assert.deepEqual([key?.from, key?.to], [-Infinity, Infinity]);
  });

  it('is total', () => {
    const entry = fc.record(
      { Value: fc.anything(), Fingerprint: fc.anything(), ValidityStartTime: fc.anything() },
      { requiredKeys: [] },
    );
    const answer = fc.oneof(fc.anything(), fc.record({ PublicKeyList: fc.array(entry) }));
    fc.assert(fc.property(answer, (value) => Array.isArray(keysFromListPublicKeys(value, null))));
  });

  it('gives keys that verify, in both forms of DER; garbage for a key is a key that is not at hand', () => {
    const key = makeKey();
    const chain = makeChain({ key, hours: [[], []], logs: new Map() });
    const codes = (Value: Uint8Array): string[] => {
      const keys = keysFromListPublicKeys([{ Fingerprint: key.fingerprint, Value }], null);
      return verifyChain(chain.map(readBack), factsOf(new Map()), keys, OPEN).map(({ code }) => code);
    };
    assert.deepEqual(codes(key.published.der), []);
    assert.deepEqual(codes(key.spki), []);
    assert.deepEqual(codes(Buffer.from('garbage')), ['key-unknown']);
  });
});
