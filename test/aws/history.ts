import type { TestContext } from 'node:test';
import { type AwsClients, type AwsOptions, openAws } from '../../src/aws/clients.ts';
import type { AwsConnection } from '../../src/aws/connection.ts';
import { decodeLookupCursor, type LookupCursor } from '../../src/aws/lookup-cursor.ts';
import { type LookupEnd, type LookupOptions, type LookupPage, lookupRecords } from '../../src/aws/lookup.ts';
import type { Pace, PaceClock } from '../../src/aws/pace.ts';
import { type AwsState, type FakeAws, type JsonObject, secretOf, startAws } from '../support/aws/aws.ts';

export const ACCOUNT = '111122223333';
export const KEY = 'AKIAIOSFODNN7EXAMPLE';
export const REGION = 'eu-central-1';
export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A record of the event history, `agoMs` before NOW. */
export function happening(id: string, agoMs: number, change: JsonObject = {}): JsonObject {
  return {
    eventID: id,
    eventName: 'StartSession',
    eventSource: 'ssm.amazonaws.com',
    eventTime: new Date(NOW - agoMs).toISOString().replace('.000Z', 'Z'),
    eventCategory: 'Management',
    managementEvent: true,
    readOnly: false,
    userIdentity: { type: 'IAMUser', userName: 'alice', accessKeyId: 'AKIAALICE' },
    ...change,
  };
}

export const ROLE: JsonObject = {
  eventName: 'AssumeRole',
  eventSource: 'sts.amazonaws.com',
  readOnly: true,
};
export const ROOT: JsonObject = {
  eventName: 'GetAccountSummary',
  readOnly: true,
  userIdentity: { type: 'Root' },
};
/** What no query is for: somebody else's reading. */
export const READING: JsonObject = { eventName: 'DescribeInstances', readOnly: true };

/** So many records over so long: mostly changes, some roles and steps of root, and reading that is not wanted. */
export function busy(prefix: string, count: number, overMs: number): JsonObject[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 10 === 7 ? ROLE : index % 10 === 8 ? ROOT : index % 10 === 9 ? READING : {};
    return happening(`${prefix}-${index}`, Math.floor((index * overMs) / count / 1000) * 1000, kind);
  });
}

export function wantedIds(events: readonly JsonObject[]): string[] {
  return events
    .filter((event) => event['eventName'] !== 'DescribeInstances')
    .map((event) => String(event['eventID']));
}

export function connectionTo(
  aws: { readonly endpoint: string },
  change: Partial<AwsConnection> = {},
): AwsConnection {
  return {
    id: 'prod',
    regions: [REGION],
    profile: null,
    roleArn: null,
    externalId: null,
    endpoint: aws.endpoint,
    sessionName: 'offrecord',
    ...change,
  };
}

/** Options that let a test see each fault at once: no attempt is repeated behind its back. */
export function asOwnerOf(key: string, options: AwsOptions = {}): AwsOptions {
  const identity = { accessKeyId: key, secretAccessKey: secretOf(key) };
  return { credentials: () => Promise.resolve(identity), maxAttempts: 1, retryMode: 'standard', ...options };
}

export interface Setup {
  readonly aws: FakeAws;
  readonly clients: AwsClients;
}

/** One account with one region of events, and clients of it. */
export async function startHistory(
  context: TestContext,
  events: JsonObject[],
  options: { readonly now?: () => number; readonly aws?: AwsOptions } = {},
): Promise<Setup> {
  const accounts = { [ACCOUNT]: { keys: [KEY], regions: { [REGION]: { events } } } };
  return startCloud(context, { accounts }, options);
}

export async function startCloud(
  context: TestContext,
  state: AwsState,
  options: {
    readonly now?: () => number;
    readonly aws?: AwsOptions;
    readonly lookupsPerSecond?: number;
  } = {},
): Promise<Setup> {
  const lookupsPerSecond = options.lookupsPerSecond ?? 1000;
  const aws = await startAws({ state, now: options.now ?? (() => NOW), lookupsPerSecond });
  const clients = openAws(connectionTo(aws), options.aws ?? asOwnerOf(KEY));
  context.after(async () => {
    clients.close();
    await aws.close();
  });
  return { aws, clients };
}

export const UNPACED: Pace = { take: () => Promise.resolve() };

export function lookupOptions(change: Partial<LookupOptions> = {}): LookupOptions {
  return { cursor: null, now: NOW, pace: UNPACED, lookbackMs: 5 * HOUR, ...change };
}

export function idsOf(page: LookupPage): string[] {
  return page.records.map((bytes) =>
    String((JSON.parse(new TextDecoder().decode(bytes)) as JsonObject)['eventID']),
  );
}

export interface Reading {
  readonly ids: string[];
  readonly cursor: LookupCursor | null;
  readonly ends: readonly LookupEnd[];
  readonly pages: readonly LookupPage[];
}

/** One call, to its end or to where `until` stops it. */
export async function lookup(
  { clients }: Pick<Setup, 'clients'>,
  options: LookupOptions,
  onPage: (page: LookupPage) => void | Promise<void> = () => {},
): Promise<{ readonly pages: LookupPage[]; readonly end: LookupEnd }> {
  const client = await clients.cloudtrail(REGION);
  const pages: LookupPage[] = [];
  const reading = lookupRecords(client, options);
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { pages, end: step.value };
    pages.push(step.value);
    await onPage(step.value);
  }
}

/** Calls until nothing is left; between them the cursor goes through JSON, as it does through the store. */
export async function readAll(
  setup: Pick<Setup, 'clients'>,
  options: LookupOptions = lookupOptions(),
  onPage: (page: LookupPage) => void | Promise<void> = () => {},
): Promise<Reading> {
  const pages: LookupPage[] = [];
  const ends: LookupEnd[] = [];
  let { cursor } = options;
  // Whoever needs more calls than these does not come to an end.
  for (let call = 0; call < 100; call++) {
    const { pages: some, end } = await lookup(setup, { ...options, cursor }, onPage);
    pages.push(...some);
    ends.push(end);
    const last = some.at(-1)?.cursor ?? cursor;
    cursor = last === null ? null : decodeLookupCursor(JSON.parse(JSON.stringify(last)));
    if (!end.more) return { ids: pages.flatMap(idsOf), cursor, ends, pages };
  }
  throw new Error('the calls come to no end');
}

/** A clock that moves only while all who work by it sleep: then to the next waking. No test waits for it. */
export class SharedClock implements PaceClock {
  time = 0;
  #working: number;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(workers: number) {
    this.#working = workers;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push({ at: this.time + ms, wake: resolve });
      this.leave();
    });
  }

  /** A worker sleeps, or has done its work. */
  leave(): void {
    this.#working -= 1;
    if (this.#working > 0) return;
    this.#sleepers.sort((a, b) => a.at - b.at);
    const next = this.#sleepers.shift();
    if (next === undefined) return;
    this.time = next.at;
    this.#working += 1;
    next.wake();
  }
}
