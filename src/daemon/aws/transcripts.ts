import { AwsFault } from '../../aws/fault.ts';
import { listBucket, toFileEntry } from '../../aws/bucket.ts';
import { isVersioned, listVersions } from '../../aws/bucket-versions.ts';
import type { Place } from '../../config/aws.ts';
import type { RecorderConfig } from '../../config/recorders.ts';
import type { FileEntry } from '../../files/entry.ts';
import type { FoundFiles } from '../collect/paths.ts';
import type { KnownKinds } from '../collect/known-kinds.ts';
import { readRecorder, type RecorderReads } from '../read-recorders.ts';
import { atMostEvery } from './accounts.ts';
import type { AwsReading } from './context.ts';

const EVERY_MS = 5 * 60_000;
/** A listing takes about 400 bytes an object: 200,000, as many as a walk of a folder gives, are 80 MB. */
const MAX_OBJECTS = 200_000;

/** The transcripts of SSM and ECS sessions in the configured buckets, as a recorder's inventory. */
export async function readTranscripts(reading: AwsReading, kinds: KnownKinds): Promise<RecorderReads> {
  const { account } = reading;
  if (account.config.transcripts.length === 0) return { reports: [], inspected: 0 };
  const read = await atMostEvery(account, 'transcripts', EVERY_MS, reading.now, async () => {
    const found = await list(reading);
    const { config, store, now } = reading;
    return readRecorder({ config, configured: recorderOf(reading), store, now, kinds }, found);
  });
  return read;
}

function recorderOf({ account: { config } }: AwsReading): RecorderConfig {
  return {
    id: `${config.id}/transcripts`,
    type: 'ssm',
    paths: config.transcripts.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
    host: null,
    zone: 'UTC',
    grace: config.grace,
    names: [],
    sidecars: [],
  };
}

async function list(reading: AwsReading): Promise<FoundFiles> {
  const files: FileEntry[] = [];
  const problems: string[] = [];
  for (const place of reading.account.config.transcripts) {
    try {
      for (const file of await listPlace(reading, place)) files.push(file);
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      problems.push(`s3://${place.bucket}/${place.prefix}: ${error.message}`);
    }
  }
  if (files.length < MAX_OBJECTS) return { files, absent: [], problems };
  const more = `more than ${MAX_OBJECTS} objects; name narrower prefixes in \`transcripts\``;
  return { files, absent: [], problems: [...problems, more] };
}

async function listPlace({ account, signal }: AwsReading, place: Place): Promise<FileEntry[]> {
  const s3 = await account.clients.s3(account.config.regions[0] ?? 'us-east-1');
  // Where versions are kept, how often a transcript was written is evidence.
  const pages = (await isVersioned(s3, place.bucket, signal))
    ? listVersions(s3, place, signal)
    : listBucket(s3, place, signal);
  const files: FileEntry[] = [];
  for await (const page of pages) {
    for (const object of page) files.push(toFileEntry(s3, object, signal));
    if (files.length >= MAX_OBJECTS) break;
  }
  return files;
}
