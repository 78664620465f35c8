import { AwsFault } from '../../aws/fault.ts';
import { objectMetadata } from '../../aws/bucket-object.ts';
import { type BucketObject, listBucket, toFileEntry } from '../../aws/bucket.ts';
import { listPublicKeys } from '../../aws/public-keys.ts';
import type { Place } from '../../config/aws.ts';
import type { DigestFile } from '../../digests/digest.ts';
import { keysFromListPublicKeys } from '../../digests/public-keys.ts';
import { verifyChain } from '../../digests/verify-chain.ts';
import type { TrailProblem } from '../../model/control.ts';
import { readDigest } from '../collect/trail-digests.ts';
import { atMostEvery } from './accounts.ts';
import type { AwsReading } from './context.ts';
import { accountNumbers, dayFolder, trailFolder } from './trail-files.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A day of digests is proved again every hour: what is changed later than that is seen by the object's own time. */
const EVERY_MS = HOUR_MS;
const WINDOW_MS = DAY_MS;
/** Problems are told for so long after the time that they concern. */
const KEPT_MS = 30 * DAY_MS;

export interface DigestsRead {
  readonly problems: readonly TrailProblem[];
  /** What could not be looked at, for a person. */
  readonly faults: readonly string[];
}

/** Proves the files of the last day by the digests that the trail signed; what was found earlier is told on. */
export async function readDigests(reading: AwsReading, place: Place): Promise<DigestsRead> {
  const { account, store, now } = reading;
  return atMostEvery(account, `digests ${place.bucket}`, EVERY_MS, now, async () => {
    const key = `aws/${account.config.id}/trail-problems/${place.bucket}/${place.prefix}`;
    const text = await store.meta(key);
    const known = text === undefined ? [] : (JSON.parse(text) as TrailProblem[]);
    const from = now - WINDOW_MS;
    try {
      const found: TrailProblem[] = [];
      for (const number of await accountNumbers(reading)) {
        for (const region of account.config.regions)
          found.push(...(await prove(reading, place, number, region, from)));
      }
      const earlier = known.filter((one) => one.to <= from && now - one.to < KEPT_MS);
      const problems = [...earlier, ...found];
      await store.setMeta(key, JSON.stringify(problems));
      return { problems, faults: [] };
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      return { problems: known, faults: [error.message] };
    }
  });
}

async function prove(
  reading: AwsReading,
  place: Place,
  number: string,
  region: string,
  from: number,
): Promise<readonly TrailProblem[]> {
  const { account, store, now, signal } = reading;
  const s3 = await account.clients.s3(region);
  const digests: DigestFile[] = [];
  for (const object of await listed(
    reading,
    place,
    trailFolder(place, number, region, 'CloudTrail-Digest'),
    from,
  )) {
    const { metadata } = await objectMetadata(s3, object, signal);
    const file = toFileEntry(s3, object, signal);
    digests.push(await readDigest(file, metadata.get('signature') ?? null));
  }
  // A trail without validation has no digests: its configuration tells that, and nothing here can.
  if (digests.length === 0) return [];
  const objects = await listed(reading, place, trailFolder(place, number, region, 'CloudTrail'), from);
  const names = objects.map((object) => `${object.bucket}/${object.key}`);
  const present = new Set(names);
  const hashes = await store.objectDigests(`${account.config.id}/trail/${number}/${region}`, names);
  const client = await account.clients.cloudtrail(region);
  const keys = await listPublicKeys(client, { from: from - DAY_MS, to: now }, signal);
  const find = (object: string) => {
    const sha256 = hashes.get(object);
    if (sha256 !== undefined) return { sha256 };
    return present.has(object) ? ('unread' as const) : ('missing' as const);
  };
  return verifyChain(digests, { find, seen: names }, keysFromListPublicKeys(keys, region), { from, to: now });
}

/** Objects of the days of the window, and of the day before it: a digest's hour may reach back over midnight. */
async function listed(
  { account, now, signal }: AwsReading,
  { bucket }: Place,
  folder: string,
  from: number,
): Promise<readonly BucketObject[]> {
  const s3 = await account.clients.s3(account.config.regions[0] ?? 'us-east-1');
  const found: BucketObject[] = [];
  for (let day = Math.floor((from - HOUR_MS) / DAY_MS); day <= Math.floor(now / DAY_MS); day += 1) {
    for await (const page of listBucket(s3, { bucket, prefix: `${folder}${dayFolder(day)}` }, signal)) {
      for (const object of page) found.push(object);
    }
  }
  return found;
}
