import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type AwsOptions, type AwsState, type FakeAws, startAws } from './aws.ts';

/** Account ids and keys that AWS uses in its own examples. */
export const ACCOUNT = '111122223333';
export const OTHER = '444455556666';
export const KEY = 'AKIAIOSFODNN7EXAMPLE';
export const OTHER_KEY = 'AKIAI44QH8DHBEXAMPLE';
export const REGION = 'eu-central-1';
export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const DAY_MS = 86_400_000;

/** A state of two accounts with a key each, and nothing in them but what the change brings. */
export function twoAccounts(change: Partial<AwsState> = {}): AwsState {
  return {
    accounts: { [ACCOUNT]: { keys: [KEY], regions: {} }, [OTHER]: { keys: [OTHER_KEY], regions: {} } },
    ...change,
  };
}

/** A loopback AWS that ends with the test; its clock stands still and lookups are not paced. */
export async function startSample(context: TestContext, options: Partial<AwsOptions> = {}): Promise<FakeAws> {
  const aws = await startAws({ now: () => NOW, lookupsPerSecond: 1000, state: twoAccounts(), ...options });
  context.after(() => aws.close());
  return aws;
}

/** For assert.rejects: the error has this name, and this HTTP status where one is given. */
export function refusedAs(name: string, status?: number): (error: unknown) => true {
  return (error) => {
    const { name: got, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    assert.equal(got, name);
    if (status !== undefined) assert.equal($metadata?.httpStatusCode, status);
    return true;
  };
}
