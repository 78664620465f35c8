import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import { type AwsConnection, GLOBAL_REGION } from './connection.ts';
import { type CommonConfig, type Credentials, openCredentials } from './credentials.ts';

/** Clients of one connection, one for each service and region, made when first asked for. */
export interface AwsClients {
  readonly connection: AwsConnection;
  cloudtrail(region: string): Promise<CloudTrailClient>;
  ssm(region: string): Promise<SSMClient>;
  ecs(region: string): Promise<ECSClient>;
  s3(region: string): Promise<S3Client>;
  sts(): Promise<STSClient>;
  /** The account that the credentials belong to, 12 digits; rejects with the SDK's error. */
  accountId(): Promise<string>;
  /** Forgets the credentials, for the case that AWS calls them expired before their time (a revoked session). */
  renew(): void;
  close(): void;
}

export interface AwsOptions {
  /** In place of profile and default chain. */
  readonly credentials?: Credentials;
  /** Attempts of a call, the first included. */
  readonly maxAttempts?: number;
  /** `adaptive` (the default) also slows down by itself where AWS throttles. */
  readonly retryMode?: 'adaptive' | 'standard';
  /** Longest wait for an answer to begin, and for it to go on, in ms. */
  readonly answerWithinMs?: number;
}

/** Opens a connection. Nothing is loaded or called before the first client is asked for. */
export function openAws(connection: AwsConnection, options: AwsOptions = {}): AwsClients {
  const common = commonConfig(connection, options);
  const created = new Map<string, Promise<Closable>>();
  let credentials = openCredentials(connection, common, options.credentials ?? null);
  let account: Promise<string> | null = null;
  const configOf = (region: string) => ({ ...common, region, credentials });
  const once = <C extends Closable>(key: string, create: () => Promise<C>): Promise<C> => {
    const made = (created.get(key) as Promise<C> | undefined) ?? create();
    created.set(key, made);
    return made;
  };
  const close = (): void => {
    for (const client of created.values()) void client.then((it) => it.destroy(), ignore);
    created.clear();
  };
  const clients: AwsClients = {
    connection,
    cloudtrail: (region) => once(`cloudtrail ${region}`, () => createCloudTrail(configOf(region))),
    ssm: (region) => once(`ssm ${region}`, () => createSsm(configOf(region))),
    ecs: (region) => once(`ecs ${region}`, () => createEcs(configOf(region))),
    s3: (region) => once(`s3 ${region}`, () => createS3(configOf(region))),
    sts: () => once('sts', () => createSts(configOf(connection.regions[0] ?? GLOBAL_REGION))),
    accountId: () => {
      account ??= clients.sts().then(readAccount);
      // A failure is not kept: the next pass may find the network or the role mended.
      account.catch(() => (account = null));
      return account;
    },
    renew: () => {
      close();
      credentials = openCredentials(connection, common, options.credentials ?? null);
    },
    close,
  };
  return clients;
}

interface Closable {
  destroy(): void;
}

function ignore(): void {}

type RegionConfig = CommonConfig & { readonly region: string; readonly credentials: Credentials };

/**
 * Time-outs of one attempt: without them a silent peer would hold a pass for ever. The connection is there within 5 s
 * or not at all; an answer begins within 20 s and then never pauses for as long (a page is at most 50 records of
 * 256 KB). With 3 attempts a dead endpoint costs at most 3 × 20 s and two pauses of at most 20 s, 100 s in all.
 */
const CONNECT_WITHIN_MS = 5000;
const ANSWER_WITHIN_MS = 20_000;
const ATTEMPTS = 3;

function commonConfig({ endpoint }: AwsConnection, options: AwsOptions): CommonConfig {
  const within = options.answerWithinMs ?? ANSWER_WITHIN_MS;
  return {
    retryMode: options.retryMode ?? 'adaptive',
    maxAttempts: options.maxAttempts ?? ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      requestTimeout: within,
      // The SDK else only warns, and waits on.
      throwOnRequestTimeout: true,
      socketTimeout: within,
    },
    userAgentAppId: 'offrecord',
    ...(endpoint === null ? {} : { endpoint }),
  };
}

async function createCloudTrail(config: RegionConfig): Promise<CloudTrailClient> {
  const sdk = await import('@aws-sdk/client-cloudtrail');
  return new sdk.CloudTrailClient(config);
}

async function createSsm(config: RegionConfig): Promise<SSMClient> {
  const sdk = await import('@aws-sdk/client-ssm');
  return new sdk.SSMClient(config);
}

async function createEcs(config: RegionConfig): Promise<ECSClient> {
  const sdk = await import('@aws-sdk/client-ecs');
  return new sdk.ECSClient(config);
}

/** A bucket may lie in another region than the trail that fills it: the redirect names the right one. */
async function createS3(config: RegionConfig): Promise<S3Client> {
  const sdk = await import('@aws-sdk/client-s3');
  const forcePathStyle = config.endpoint !== undefined;
  return new sdk.S3Client({ ...config, forcePathStyle, followRegionRedirects: true });
}

async function createSts(config: RegionConfig): Promise<STSClient> {
  const sdk = await import('@aws-sdk/client-sts');
  return new sdk.STSClient(config);
}

async function readAccount(client: STSClient): Promise<string> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account === undefined || !/^\d{12}$/.test(Account)) throw new InvalidAnswer();
  return Account;
}

class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';
}
