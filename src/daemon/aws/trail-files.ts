import { AwsFault } from '../../aws/fault.ts';
import { listBucket, toFileEntry } from '../../aws/bucket.ts';
import type { Place } from '../../config/aws.ts';
import type { FileEntry } from '../../files/entry.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { cloudtrail } from '../../sources/cloudtrail/cloudtrail.ts';
import { readObjects } from '../../sources/read-objects.ts';
import { atMostEvery } from './accounts.ts';
import { type AwsRead, type AwsReading, reportOf, saveTrailBatch } from './context.ts';
import { accountNumber } from './history.ts';

const EVERY_MS = 2 * 60_000;
const DAY_MS = 86_400_000;
/** Keys carry the day of delivery; one that is delivered at midnight may be listed after it. */
const LATE_DAYS = 2;
/** Objects read per stream and pass, some 50 ms each: half a minute. The rest follows in the next pass. */
const OBJECTS_PER_PASS = 500;

/** Reads trail files that were delivered to a bucket since they were last listed. */
export async function readTrailFiles(reading: AwsReading, place: Place): Promise<readonly AwsRead[]> {
  const { account } = reading;
  const { regions } = account.config;
  try {
    const numbers = await accountNumbers(reading);
    const all = numbers.flatMap((number) => regions.map((region) => ({ number, region })));
    const parts: AwsRead[] = [];
    for (const { number, region } of all) parts.push(await readStream(reading, place, number, region));
    return parts;
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    const report = reportOf(reading, `${account.config.id}/trail/${place.bucket}`);
    return [{ added: 0, reports: [{ ...report, error: error.message }] }];
  }
}

/** Accounts whose trail files are read: the configured ones, else the own one. Throws `AwsFault`. */
export async function accountNumbers(reading: AwsReading): Promise<readonly string[]> {
  const { accounts } = reading.account.config;
  return accounts.length > 0 ? accounts : [await accountNumber(reading)];
}

async function readStream(
  reading: AwsReading,
  place: Place,
  number: string,
  region: string,
): Promise<AwsRead> {
  const { account, store, now } = reading;
  const stream = `${account.config.id}/trail/${number}/${region}`;
  const before = reportOf(reading, stream);
  try {
    const listed = await atMostEvery(account, `trail ${place.bucket} ${stream}`, EVERY_MS, now, () =>
      listDays(reading, place, number, region, stream),
    );
    const signs = listed.map(({ name, size, mtimeMs }) => ({ name, size, mtimeMs }));
    const unread = await store.unreadObjects(stream, signs);
    const files = listed.filter((file) => unread.has(file.name)).slice(0, OBJECTS_PER_PASS);
    if (files.length === 0) return { added: 0, reports: [before] };
    return await readFiles(reading, stream, files, before);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { added: 0, reports: [{ ...before, error: error.message }] };
  }
}

async function readFiles(
  reading: AwsReading,
  stream: string,
  files: readonly FileEntry[],
  before: SourceReport,
): Promise<AwsRead> {
  const { store, now, screen, signal } = reading;
  let added = 0;
  let report = before;
  const batches = readObjects(files, cloudtrail, {
    id: stream,
    host: null,
    zone: 'UTC',
    now,
    before,
    screen,
    signal,
  });
  for await (const batch of batches) {
    const objects = batch.done === null ? [] : [toReadObject(batch.done)];
    const { events } = batch;
    report = batch.report;
    added += await saveTrailBatch(store, { stream, cursor: null, report, events, objects, at: now });
  }
  return { added, reports: [report] };
}

function toReadObject({ entry, sha256 }: { readonly entry: FileEntry; readonly sha256: string }) {
  return { name: entry.name, size: entry.size, mtimeMs: entry.mtimeMs, sha256 };
}

/** Files of the days since the last listing that is known, and of the days before that may have been late. */
async function listDays(
  reading: AwsReading,
  place: Place,
  number: string,
  region: string,
  stream: string,
): Promise<readonly FileEntry[]> {
  const { account, store, now, signal } = reading;
  const key = `aws/listed/${stream}`;
  const known = Number((await store.meta(key)) ?? now - account.config.lookbackMs);
  const first = Math.floor(known / DAY_MS) - LATE_DAYS;
  const s3 = await account.clients.s3(region);
  const files: FileEntry[] = [];
  for (let day = first; day <= Math.floor(now / DAY_MS); day += 1) {
    const prefix = `${trailFolder(place, number, region, 'CloudTrail')}${dayFolder(day)}`;
    for await (const page of listBucket(s3, { bucket: place.bucket, prefix }, signal)) {
      for (const object of page) files.push(toFileEntry(s3, object, signal));
    }
  }
  const recent = files.filter((file) => file.mtimeMs >= now - account.config.lookbackMs - LATE_DAYS * DAY_MS);
  if (!(await hasBacklog(reading, stream, recent))) await store.setMeta(key, String(now));
  return recent;
}

/** While files wait to be read, the days they lie in are listed again. */
async function hasBacklog(
  reading: AwsReading,
  stream: string,
  files: readonly FileEntry[],
): Promise<boolean> {
  const signs = files.map(({ name, size, mtimeMs }) => ({ name, size, mtimeMs }));
  return (await reading.store.unreadObjects(stream, signs)).size > OBJECTS_PER_PASS;
}

/** `YYYY/MM/DD/` of a day counted from 1970. */
export function dayFolder(day: number): string {
  return `${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '/')}/`;
}

/** `[PREFIX/]AWSLogs/[o-ORG/]ACCOUNT/KIND/REGION/`; a prefix that already names AWSLogs is gone on from. */
export function trailFolder(
  { prefix }: Place,
  number: string,
  region: string,
  kind: 'CloudTrail' | 'CloudTrail-Digest',
): string {
  const base = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?$/.test(prefix) ? prefix : `${prefix}AWSLogs/`;
  return `${base}${number}/${kind}/${region}/`;
}
