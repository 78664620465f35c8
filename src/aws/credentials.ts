import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { AwsConnection } from './connection.ts';
import { NoCredentials } from './problem.ts';

export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Gives credentials that are valid for some minutes yet; rejects with `NoCredentials`. */
export type Credentials = () => Promise<AwsIdentity>;

/** What every client of the connection is made with: time-outs, retries, endpoint. */
export type CommonConfig = Pick<
  STSClientConfig,
  'endpoint' | 'maxAttempts' | 'retryMode' | 'requestHandler' | 'userAgentAppId'
>;

/**
 * Credentials of a connection: those of its profile or of the SDK's default chain, or of the role assumed with them.
 * All clients share them, so that a connection of many regions assumes its role once an hour and not once a client.
 * `base` stands in for profile and chain.
 */
export function openCredentials(
  connection: AwsConnection,
  common: CommonConfig,
  base: Credentials | null,
): Credentials {
  let provider: Promise<Credentials> | null = null;
  return share(async () => {
    provider ??= createProvider(connection, common, base);
    return (await provider)();
  });
}

async function createProvider(
  connection: AwsConnection,
  common: CommonConfig,
  base: Credentials | null,
): Promise<Credentials> {
  const { fromIni, fromNodeProviderChain, fromTemporaryCredentials } = await import(
    '@aws-sdk/credential-providers'
  );
  const { profile, roleArn, externalId, sessionName } = connection;
  const region = connection.regions[0] ?? 'us-east-1';
  const clientConfig = { ...common, region };
  const master =
    base ?? (profile === null ? fromNodeProviderChain({ clientConfig }) : fromIni({ profile, clientConfig }));
  if (roleArn === null) return () => master();
  const params = {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ...(externalId === null ? {} : { ExternalId: externalId }),
  };
  const assume = fromTemporaryCredentials({ masterCredentials: () => master(), params, clientConfig });
  return () => assume();
}

/** The clients ask for new ones five minutes before the end; ours must then still be fresh enough to be worth giving. */
const SPARE_MS = 6 * 60_000;

/**
 * Longest wait. The chain asks files, the environment, a token service and the metadata service in turn, each with
 * time-outs of its own of a few seconds; AssumeRole takes at most 3 attempts of 20 s.
 */
const LIMIT_MS = 90_000;

function share(fetch: Credentials): Credentials {
  let held: AwsIdentity | null = null;
  let asked: Promise<AwsIdentity> | null = null;
  const ask = async (): Promise<AwsIdentity> => {
    try {
      held = await within(fetch());
      return held;
    } catch (error) {
      throw new NoCredentials(error);
    } finally {
      asked = null;
    }
  };
  return () => {
    const isFresh = held !== null && (held.expiration?.getTime() ?? Infinity) - Date.now() > SPARE_MS;
    if (held !== null && isFresh) return Promise.resolve(held);
    asked ??= ask();
    return asked;
  };
}

async function within(promise: Promise<AwsIdentity>): Promise<AwsIdentity> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const error = Object.assign(new Error('no credentials in time'), { name: 'TimeoutError' });
  const timer = setTimeout(() => {
    reject(error);
  }, LIMIT_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
