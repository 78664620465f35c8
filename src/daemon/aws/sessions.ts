import { AwsFault } from '../../aws/fault.ts';
import { toSessionEvents } from '../../aws/sessions-events.ts';
import { describeSessions } from '../../aws/sessions.ts';
import { SourceLog } from '../../sources/source-log.ts';
import { atMostEvery } from './accounts.ts';
import { type AwsRead, type AwsReading, reportOf, saveTrailBatch } from './context.ts';
import { accountNumber } from './history.ts';

const EVERY_MS = 5 * 60_000;
const DAY_MS = 86_400_000;
/** Sessions are listed by their start. A day back finds nearly all that ended since the last look; and the oldest one
 * that was still open then is begun at, because no limit of their duration is certain. */
const REACH_MS = DAY_MS + 3_600_000;
/** The service forgets ended sessions after about 30 days. */
const KEPT_MS = 30 * DAY_MS;

/** The service's own list of sessions: it knows the ends, which the trail does not. */
export async function readSessions(reading: AwsReading, region: string): Promise<AwsRead> {
  const { account, now } = reading;
  return atMostEvery(account, `sessions ${region}`, EVERY_MS, now, () => list(reading, region));
}

async function list(reading: AwsReading, region: string): Promise<AwsRead> {
  const { account, store, now, signal } = reading;
  const stream = `${account.config.id}/sessions/${region}`;
  const before = reportOf(reading, stream);
  try {
    const number = await accountNumber(reading);
    const pace = account.paces.of(number, region, 'ssm');
    const ssm = await account.clients.ssm(region);
    const key = `aws/open-since/${stream}`;
    const openSince = Number((await store.meta(key)) ?? now - Math.min(account.config.lookbackMs, KEPT_MS));
    const from = Math.max(now - KEPT_MS, Math.min(now - REACH_MS, openSince));
    const listing = await describeSessions(ssm, { from, to: now, pace }, signal);
    const events = toSessionEvents(listing.sessions, { stream, account: number, region });
    const log = new SourceLog({ ...before, error: null });
    for (const event of events) log.add({ events: [event], rejects: [], time: event.time, host: null });
    // The list is read anew each time: what it holds is counted once, as it is now.
    const report = log.report({ records: events.length, events: events.length });
    const added = await saveTrailBatch(store, { stream, cursor: null, report, events, at: now });
    const open = listing.sessions.filter((one) => one.endedAt === null).map((one) => one.startedAt);
    if (listing.problem === null) await store.setMeta(key, String(Math.min(now, ...open.slice(0, 10_000))));
    return { added, reports: [{ ...report, error: listing.problem?.message ?? null }] };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { added: 0, reports: [{ ...before, error: error.message }] };
  }
}
