import type { CloudTrailClient, LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail';
import { unlessAborted } from './fault.ts';
import type { LookupWindow } from './lookup-cursor.ts';
import type { Query } from './lookup-queries.ts';
import type { Pace } from './pace.ts';
import { type AwsProblem, toAwsProblem } from './problem.ts';

/** A page of the event history, or why there is none. */
export type PageAnswer =
  | { readonly records: readonly Uint8Array[]; readonly token: string | null }
  | { readonly problem: AwsProblem };

const ACTION = 'cloudtrail:LookupEvents';

/** AWS gives no more; 50 records of at most 256 KB are 12.8 MB. */
const PAGE_RECORDS = 50;

/** Asks for one page of a window, in the account's and region's turn. Never rejects. */
export async function askPage(
  client: CloudTrailClient,
  query: Query,
  window: LookupWindow,
  { pace, signal }: { readonly pace: Pace; readonly signal?: AbortSignal },
): Promise<PageAnswer> {
  try {
    const { LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
    const command = new LookupEventsCommand({
      LookupAttributes: [query.attribute],
      StartTime: new Date(window.from),
      EndTime: new Date(window.to),
      MaxResults: PAGE_RECORDS,
      ...(window.token === null ? {} : { NextToken: window.token }),
    });
    // Inside the SDK's retries: AWS counts every attempt, not every call.
    const step = { step: 'finalizeRequest', priority: 'low', name: 'offrecordPace' } as const;
    command.middlewareStack.add(
      (next) => async (args) => {
        await pace.take(signal);
        return next(args);
      },
      step,
    );
    const asked = client.send(command, signal === undefined ? {} : { abortSignal: signal });
    const output = await (signal === undefined ? asked : unlessAborted(asked, signal));
    return decodePage(output, window) ?? { problem: MALFORMED };
  } catch (error) {
    return { problem: toAwsProblem(error, ACTION) };
  }
}

const MALFORMED: AwsProblem = {
  code: 'invalid',
  action: ACTION,
  message: `${ACTION}: the answer holds no list of events, or a token that leads nowhere`,
};

/** AWS's tokens have some hundred characters; the cursor must stay small. */
const TOKEN_CHARACTERS = 16_384;

/** Null where the answer is none. An empty last page has a list too: without one, nothing is known. */
function decodePage(output: LookupEventsCommandOutput, window: LookupWindow): PageAnswer | null {
  const events: unknown = output.Events;
  const token = output.NextToken === undefined || output.NextToken === '' ? null : output.NextToken;
  if (!Array.isArray(events) || events.length > PAGE_RECORDS) return null;
  // The same token again would read this page for ever.
  if (token !== null && (token === window.token || token.length > TOKEN_CHARACTERS)) return null;
  return { records: events.map(toRecord), token };
}

const encoder = new TextEncoder();

/** A record as the trail wrote it. Where it is missing, what stands for it is counted as a reject by the format. */
function toRecord(event: unknown): Uint8Array {
  const text =
    typeof event === 'object' && event !== null && 'CloudTrailEvent' in event ? event.CloudTrailEvent : null;
  return encoder.encode(typeof text === 'string' ? text : '{}');
}
