import { gzipSync } from 'node:zlib';
import type { AwsState, BucketState, JsonObject, StoredObject } from '../support/aws/aws.ts';
import * as aws from '../support/cloudtrail.ts';
import { transcriptText } from '../support/ssm-transcript.ts';

export const KEY = 'AKIAIOSFODNN7EXAMPLE';
export const TRAIL_BUCKET = 'corp-trail';
export const LOG_BUCKET = 'corp-logs';

export const at = (time: string) => `2026-11-22T${time}Z`;
export const sessionId = (number: number) => `alice-${String(number).padStart(17, '0')}`;

/** What happened in the account: sessions of which every third is not recorded, roles, root, and a switch. */
export function happenings(sessions: number): aws.TrailRecord[] {
  const records: aws.TrailRecord[] = [];
  for (let number = 0; number < sessions; number++) {
    const minute = String(number % 60).padStart(2, '0');
    const key = aws.keyId('ASIA', `key ${number}`);
    const session = { sessionId: sessionId(number), caller: aws.assumedRole('admin', `s${number}`, { key }) };
    records.push(
      aws.assumeRole({ time: at(`09:${minute}:00`), key, session: `s${number}` }),
      aws.startSession({ time: at(`09:${minute}:10`), ...session }),
      aws.terminateSession({ time: at(`09:${minute}:50`), ...session }),
    );
  }
  return [
    ...records,
    aws.updateDocument({ time: at('10:05:00'), caller: aws.iamUser('mallory') }),
    aws.startSession({ time: at('10:10:00'), sessionId: 'mallory-0a1b2c3d4e5f67890' }),
    aws.terminateSession({ time: at('10:11:00'), sessionId: 'mallory-0a1b2c3d4e5f67890' }),
    aws.stopLogging({ time: at('10:12:00') }),
    aws.call('iam', 'CreateUser', { userName: 'x' }, null, { time: at('10:20:00'), caller: aws.root() }),
  ];
}

export function transcript(number: number, change: Partial<StoredObject> = {}): StoredObject {
  return {
    key: `ssm/${sessionId(number)}.log`,
    body: transcriptText(`session ${number}`),
    lastModified: new Date(at('10:30:00')),
    ...change,
  };
}

export function transcripts(sessions: number): StoredObject[] {
  return Array.from({ length: sessions }, (_, number) => number)
    .filter((number) => number % 3 !== 2)
    .map((number) => transcript(number));
}

export function bucket(objects: StoredObject[], change: Partial<BucketState> = {}): BucketState {
  return { account: aws.ACCOUNT, region: aws.REGION, versioning: 'Enabled', objects, ...change };
}

/** One account with one reader and these facts. */
export function stateOf(
  events: readonly aws.TrailRecord[],
  buckets: Record<string, BucketState> = {},
): AwsState & { readonly buckets: Record<string, BucketState> } {
  const documents = {
    'SSM-SessionManagerRunShell': { content: { inputs: { s3BucketName: LOG_BUCKET } } },
  };
  const region = { events: [...events] as JsonObject[], documents, sessions: [], trails: [], clusters: [] };
  return { accounts: { [aws.ACCOUNT]: { keys: [KEY], regions: { [aws.REGION]: region } } }, buckets };
}

/** Trail files as they are delivered, of some records each. */
export function trailObjects(records: readonly aws.TrailRecord[], each: number): StoredObject[] {
  const objects: StoredObject[] = [];
  for (let from = 0; from < records.length; from += each) {
    const part = records.slice(from, from + each);
    const name = aws.trailKey({}).replace('aBcDeFgHiJkLmNoP', `part${String(from).padStart(12, '0')}`);
    const body = gzipSync(aws.trailFile(part));
    objects.push({ key: name, body, lastModified: new Date(at('10:30:00')) });
  }
  return objects;
}

/** A block of `aws` in a configuration. */
export function accountYaml(endpoint: string, more = '', id = 'corp'): string {
  return `  - {id: ${id}, regions: [${aws.REGION}], endpoint: "${endpoint}"${more === '' ? '' : `, ${more}`}}\n`;
}
