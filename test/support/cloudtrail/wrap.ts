import { guid } from './ids.ts';
import { ACCOUNT, REGION } from './names.ts';
import type { TrailRecord } from './record.ts';

/** A file that a trail delivers. */
export function trailFile(records: readonly TrailRecord[]): string {
  return JSON.stringify({ Records: records });
}

/** Key of a trail's file in its bucket. */
export function trailKey(options: {
  readonly account?: string;
  readonly region?: string;
  readonly org?: string;
}) {
  const { account = ACCOUNT, region = REGION, org } = options;
  const folder = `AWSLogs/${org === undefined ? '' : `${org}/`}${account}/CloudTrail/${region}/2026/11/22`;
  return `${folder}/${account}_CloudTrail_${region}_20261122T1005Z_aBcDeFgHiJkLmNoP.json.gz`;
}

/** An element of LookupEvents as it comes over the wire. */
export function lookupEvent(record: TrailRecord): TrailRecord {
  const caller = record['userIdentity'] as TrailRecord;
  return {
    EventId: record['eventID'],
    EventName: record['eventName'],
    ReadOnly: String(record['readOnly']),
    AccessKeyId: caller['accessKeyId'],
    EventTime: Date.parse(String(record['eventTime'])) / 1000,
    EventSource: record['eventSource'],
    Username: caller['userName'] ?? String(caller['principalId']).split(':').at(-1),
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  };
}

export function eventBridgeEvent(record: TrailRecord): TrailRecord {
  const kind = record['eventType'] === 'AwsConsoleSignIn' ? 'Console Sign In' : 'API Call';
  return {
    version: '0',
    id: guid([String(record['eventID']), 'bus']),
    'detail-type': `AWS ${kind} via CloudTrail`,
    source: `aws.${String(record['eventSource']).split('.')[0]}`,
    account: record['recipientAccountId'],
    time: record['eventTime'],
    region: record['awsRegion'],
    resources: [],
    detail: record,
  };
}

/** What a subscription filter of CloudWatch Logs delivers. */
export function logsMessage(records: readonly TrailRecord[]): TrailRecord {
  return {
    messageType: 'DATA_MESSAGE',
    owner: ACCOUNT,
    logGroup: 'CloudTrail/logs',
    logStream: `${ACCOUNT}_CloudTrail_${REGION}`,
    subscriptionFilters: ['all'],
    logEvents: records.map((record, index) => ({
      id: String(38_000_000 + index),
      timestamp: Date.parse(String(record['eventTime'])) + 240_000,
      message: JSON.stringify(record),
    })),
  };
}
