import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Finding } from '../../src/model/finding.ts';
import * as aws from '../support/cloudtrail.ts';
import { type Logs, makeChain, makeKey, putLog, type StoredDigest, T0, TRAIL } from '../support/digests.ts';
import { CloudFolder } from './cloud-world.ts';

const KEY = makeKey();
const HOURS = 5;

/** A bucket's content: a log in every hour with the digests of all hours. */
interface Bucket {
  readonly logs: Logs;
  readonly names: readonly string[];
  digests: StoredDigest[];
}

function bucket(): Bucket {
  const logs: Logs = new Map();
  const names = Array.from({ length: HOURS }, (_, hour) => {
    const minutes = hour * 60 + 20;
    const time = `${new Date(T0 + minutes * 60_000).toISOString().slice(0, 19)}Z`;
    const record = aws.assumeRole({ time, account: TRAIL.account, region: TRAIL.region });
    return putLog(logs, minutes, aws.trailFile([record]));
  });
  return { logs, names, digests: makeChain({ key: KEY, hours: names.map((name) => [name]), logs }) };
}

/** What `aws cloudtrail list-public-keys` prints. */
const KEYS = JSON.stringify({
  PublicKeyList: [
    {
      Value: Buffer.from(KEY.published.der).toString('base64'),
      Fingerprint: KEY.fingerprint,
      ValidityStartTime: new Date(T0 - 240 * 3_600_000).toISOString(),
      ValidityEndTime: new Date(T0 + 480 * 3_600_000).toISOString(),
    },
  ],
});

/** What is found in a copy of the bucket with the keys beside it. */
async function found({ logs, digests }: Bucket): Promise<readonly Finding[]> {
  const folder = new CloudFolder().put('public-keys.json', KEYS);
  for (const [object, bytes] of logs) folder.put(object.slice(TRAIL.bucket.length + 1), bytes);
  for (const { key, content } of digests) folder.put(key, gzipSync(content));
  const { errors, judgement } = await folder.judge();
  assert.deepEqual(errors, []);
  return judgement.findings;
}

const shown = (findings: readonly Finding[]) => findings.map((one) => one.subject.uid);

describe('a trail’s files with the digests beside them', () => {
  it('untouched they give no finding', async () => {
    assert.deepEqual(shown(await found(bucket())), []);
  });

  const damages: readonly [string, string, string, (bucket: Bucket) => string][] = [
    [
      'a file that was removed',
      'source-tampered',
      'log-missing',
      ({ logs, names }) => {
        logs.delete(names[2] ?? '');
        return names[2] ?? '';
      },
    ],
    [
      'a file that was altered',
      'source-tampered',
      'log-altered',
      ({ logs, names }) => {
        logs.set(names[2] ?? '', gzipSync(aws.trailFile([])));
        return names[2] ?? '';
      },
    ],
    [
      'a file that was slipped in',
      'source-tampered',
      'log-unlisted',
      ({ logs }) => putLog(logs, 150, aws.trailFile([])),
    ],
    [
      'an hour without its digest',
      'source-sequence-gap',
      'digest-missing',
      (one) => {
        const [gone] = one.digests.splice(2, 1);
        return `${TRAIL.bucket}/${gone?.key}`;
      },
    ],
    [
      'a chain that began anew',
      'source-sequence-gap',
      'chain-restarted',
      (one) => {
        const later = one.names.slice(3).map((name) => [name]);
        const fresh = makeChain({ key: KEY, hours: later, logs: one.logs, start: T0 + 3 * 3_600_000 });
        one.digests = [...one.digests.slice(0, 3), ...fresh];
        return `${TRAIL.bucket}/${fresh[0]?.key}`;
      },
    ],
  ];
  for (const [name, check, code, damage] of damages) {
    it(`${name} is found, and nothing else`, async () => {
      const damaged = bucket();
      const object = damage(damaged);
      const findings = await found(damaged);
      assert.equal(findings.length, 1, JSON.stringify(shown(findings)));
      const [finding] = findings;
      assert.equal(finding?.check, check);
      assert.equal(finding?.target, TRAIL.account);
      assert.ok(finding?.subject.uid.startsWith(`${code} `), finding?.subject.uid);
      assert.ok(finding?.subject.uid.endsWith(object.slice(-30)), `${finding?.subject.uid} / ${object}`);
    });
  }
});
