import type { JudgedAccess } from '../../model/access.ts';
import type { Finding } from '../../model/finding.ts';
import { StoreError } from '../../store/error.ts';
import { openStore } from '../../store/open.ts';
import type { Store, StoreReader } from '../../store/store.ts';
import { type Interval, isIn, isOfInterval } from './interval.ts';

/** What the store says of an interval. */
export interface Past {
  readonly accesses: readonly JudgedAccess[];
  /** Open and acknowledged ones. */
  readonly findings: readonly Finding[];
  /** Epoch ms of the last end of an access; the interval's end where none ends later. */
  readonly until: number;
}

/**
 * Opens the store for reading, also beside a daemon. Where the facts come from files, a store that is not there yet
 * is none to compare with; else it throws the StoreError.
 */
export async function openPast(path: string, optional: boolean): Promise<Store | null> {
  try {
    return await openStore(path, 'reader');
  } catch (error) {
    if (optional && error instanceof StoreError && error.code === 'missing') return null;
    throw error;
  }
}

/** A pass saves its verdicts once; three in a row while one interval is read means that something else is wrong. */
const ATTEMPTS = 3;

/** Verdicts and findings as one pass left them; throws where they were replaced each time they were read. */
export async function readPast(store: StoreReader, interval: Interval): Promise<Past> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const run = await latestRun(store);
    const past = await readOnce(store, interval);
    if ((await latestRun(store)) === run) return past;
  }
  throw new Error('the verdicts in the store changed while they were read; try again');
}

/** A pass marks itself completed in the transaction that saves its verdicts. */
async function latestRun(store: StoreReader): Promise<string> {
  return JSON.stringify(await store.runs({ limit: 1 }));
}

async function readOnce(store: StoreReader, interval: Interval): Promise<Past> {
  const accesses: JudgedAccess[] = [];
  for await (const { access } of store.accesses(interval))
    if (isIn(interval, access.opened)) accesses.push(access);
  const findings: Finding[] = [];
  for await (const { finding } of store.findings({ statuses: ['open', 'acknowledged'] }))
    if (isOfInterval(finding, interval)) findings.push(finding);
  const until = accesses.reduce((latest, { closed }) => Math.max(latest, closed ?? 0), interval.to);
  return { accesses, findings, until };
}
