import { AwsFault } from '../../aws/fault.ts';
import { toSessionEvents } from '../../aws/sessions-events.ts';
import { describeSessions } from '../../aws/sessions.ts';
import { SourceLog } from '../../sources/source-log.ts';
import { atMostEvery } from './accounts.ts';
import { type AwsRead, type AwsReading, reportOf, saveTrailBatch } from './context.ts';
import { accountNumber } from './history.ts';

const EVERY_MS = 5 * 60_000;
/** Session Manager ends a session after a day at the latest; an hour more for clocks and late lists. */
const REACH_MS = 25 * 3_600_000;

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
    const listing = await describeSessions(ssm, { from: now - REACH_MS, to: now, pace }, signal);
    const events = toSessionEvents(listing.sessions, { stream, account: number, region });
    const log = new SourceLog({ ...before, error: null });
    for (const event of events) log.add({ events: [event], rejects: [], time: event.time, host: null });
    // The list is read anew each time: what it holds is counted once, as it is now.
    const report = log.report({ records: events.length, events: events.length });
    const added = await saveTrailBatch(store, { stream, cursor: null, report, events, at: now });
    return { added, reports: [{ ...report, error: listing.problem?.message ?? null }] };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { added: 0, reports: [{ ...before, error: error.message }] };
  }
}
