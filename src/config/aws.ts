import { z } from 'zod';
import type { Grace } from '../recorders/recorder.ts';
import { duration, text } from '../util/scalars.ts';
import { graceSchema } from './grace.ts';
import { id } from './scalars.ts';

/** One AWS account as it is read: its trail, its configuration and its session recordings. */
export interface AwsConfig {
  readonly id: string;
  readonly regions: readonly string[];
  readonly profile: string | null;
  readonly roleArn: string | null;
  readonly externalId: string | null;
  /** Where the services are reached, other than at their public names. */
  readonly endpoint: string | null;
  /** False where `trails` alone are read. */
  readonly lookup: boolean;
  /** How far back the first look goes; AWS keeps 90 days. */
  readonly lookbackMs: number;
  /** Accounts whose trail files lie in `trails`; empty for the own one. */
  readonly accounts: readonly string[];
  /** Where trail files are delivered to. */
  readonly trails: readonly Place[];
  /** Where transcripts of SSM and ECS sessions are uploaded to. */
  readonly transcripts: readonly Place[];
  /** How long recordings and trail files must be kept in their buckets; null where nothing says so. */
  readonly keepMs: number | null;
  readonly grace: Partial<Grace>;
  readonly silentAfterMs: number | null;
}

/** A part of a bucket. */
export interface Place {
  readonly bucket: string;
  /** Keys begin with it; empty for the whole bucket. */
  readonly prefix: string;
}

const DAY_MS = 86_400_000;
/** AWS keeps 90 days of events; a look further back is refused. */
const LONGEST_LOOKBACK_MS = 90 * DAY_MS;

export function awsSchema() {
  const account = z
    .strictObject({
      id: id('Name of the account in findings.'),
      regions: z
        .array(region())
        .min(1)
        .meta({ description: 'Regions to read; us-east-1 holds global sign-in and role events.' }),
      profile: text('Profile of the AWS configuration files.').optional(),
      role_arn: z
        .string()
        .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, {
          error: 'must be the ARN of a role such as arn:aws:iam::123456789012:role/offrecord',
        })
        .meta({
          description: 'Role to assume; else the credentials of the environment are used as they are.',
        })
        .optional(),
      external_id: text('External id that the role asks for.').optional(),
      endpoint: z
        .url()
        .meta({ description: 'Where the services are reached instead of at their public names.' })
        .optional(),
      lookup: z.boolean().meta({ description: 'Read the event history by LookupEvents.' }).prefault(true),
      lookback: duration('How far back the first look goes (90d at most).')
        .refine((ms) => ms <= LONGEST_LOOKBACK_MS, { error: 'AWS keeps 90 days of events' })
        .prefault('1d'),
      accounts: z
        .array(z.string().regex(/^\d{12}$/, { error: 'must be the 12 digits of an account, in quotes' }))
        .prefault([])
        .meta({ description: 'Accounts whose trail files lie in `trails` (default: the own one).' }),
      trails: places('Buckets that trails deliver to, as s3://BUCKET/PREFIX.'),
      transcripts: places('Buckets that SSM and ECS sessions are recorded to, as s3://BUCKET/PREFIX.'),
      keep: duration('Buckets whose rules delete earlier than this are reported.').optional(),
      grace: graceSchema(),
      silent_after: duration('After this much silence of a trail it is reported.').optional(),
    })
    .refine((block) => block.lookup || block.trails.length > 0, {
      error: 'without `trails` the event history must be read',
      path: ['lookup'],
    })
    .refine((block) => block.external_id === undefined || block.role_arn !== undefined, {
      error: 'is only used with `role_arn`',
      path: ['external_id'],
    })
    .transform(
      (block): AwsConfig => ({
        id: block.id,
        regions: [...new Set(block.regions)],
        profile: block.profile ?? null,
        roleArn: block.role_arn ?? null,
        externalId: block.external_id ?? null,
        endpoint: block.endpoint ?? null,
        lookup: block.lookup,
        lookbackMs: block.lookback,
        accounts: block.accounts,
        trails: block.trails,
        transcripts: block.transcripts,
        keepMs: block.keep ?? null,
        grace: block.grace,
        silentAfterMs: block.silent_after ?? null,
      }),
    );
  return z
    .array(account)
    .prefault([])
    .meta({ description: 'AWS accounts: their trails and session recordings.' });
}

function region() {
  return z.string().regex(/^[a-z]{2,4}(?:-[a-z]{2,10}){1,3}-\d{1,2}$/, {
    error: 'must be the name of a region such as eu-central-1',
  });
}

function places(description: string) {
  const place = z
    .string()
    .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/\S{0,900})?$/, {
      error: 'must be a part of a bucket such as s3://corp-logs/ssm',
    })
    .transform((value): Place => {
      const [bucket = '', ...rest] = value.slice('s3://'.length).split('/');
      const prefix = rest.join('/').replace(/\/+$/, '');
      return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
    });
  return z.array(place).prefault([]).meta({ description });
}
