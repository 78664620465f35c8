import { type JsonOperation, wholeNumber } from './json.ts';
import { type JsonObject, regionOf } from './state.ts';
import { AwsRefusal } from './wire.ts';

/** Events are kept for 90 days. */
const KEPT_MS = 90 * 86_400_000;

interface Entry {
  readonly EventId: string;
  readonly EventName: string;
  readonly ReadOnly: string;
  readonly AccessKeyId?: string;
  readonly EventTime: number;
  readonly EventSource: string;
  readonly Username?: string;
  readonly Resources: readonly { readonly ResourceType: string; readonly ResourceName: string }[];
}

/**
 * Management events of one account and region in the last 90 days, newest first. A page goes on below the last event
 * given, so what is delivered in between at the head does not shift it.
 */
export const lookupEvents: JsonOperation = (input, call) => {
  const max = wholeNumber(input['MaxResults'], { min: 1, max: 50, absent: 50 }, refuseMaxResults);
  const category = input['EventCategory'];
  if (category !== undefined && category !== 'insight')
    throw new AwsRefusal('InvalidEventCategoryException', 'The event category is not valid.');
  const matches = toFilter(input['LookupAttributes']);
  const { from, to } = timeRange(input, call.now);
  const { NextToken: token, MaxResults: _, ...rest } = input;
  const scope = `LookupEvents ${call.caller.account} ${call.region}`;
  // MaxResults belongs to the parameters that must stay the same.
  const parameters = { ...rest, max };
  const position = typeof token === 'string' ? call.pages.redeem(scope, parameters, token) : '';
  if (position === undefined)
    throw new AwsRefusal(
      'InvalidNextTokenException',
      'A token was specified that is not valid, or that was used with other parameters.',
    );
  const left = (regionOf(call.state, call.caller.account, call.region).events ?? [])
    .filter((record) => isOfCategory(record, category))
    .map((record) => ({ record, entry: toEntry(record) }))
    .filter(({ entry }) => entry.EventTime >= from && entry.EventTime <= to && matches(entry))
    .sort((a, b) => (orderKey(a.entry) < orderKey(b.entry) ? 1 : -1))
    .filter(({ entry }) => position === '' || orderKey(entry) < position);
  const page = left.slice(0, max);
  const last = page.at(-1)?.entry;
  return {
    Events: page.map(({ record, entry }) => ({ ...entry, CloudTrailEvent: JSON.stringify(record) })),
    ...(left.length > max && last && { NextToken: call.pages.issue(scope, parameters, orderKey(last)) }),
  };
};

function refuseMaxResults(value: unknown): never {
  throw new AwsRefusal('InvalidMaxResultsException', `Max results ${String(value)} is not between 1 and 50.`);
}

/** Seconds, both ends inclusive. Throws InvalidTimeRangeException. */
function timeRange(input: JsonObject, now: number): { from: number; to: number } {
  const oldest = (now - KEPT_MS) / 1000;
  const from = typeof input['StartTime'] === 'number' ? input['StartTime'] : oldest;
  const to = typeof input['EndTime'] === 'number' ? input['EndTime'] : now / 1000;
  if (from > to)
    throw new AwsRefusal('InvalidTimeRangeException', 'The start time must be before the end time.');
  return { from: Math.max(from, oldest), to };
}

const ATTRIBUTES: Readonly<Record<string, (entry: Entry, value: string) => boolean>> = {
  EventId: (entry, value) => entry.EventId === value,
  EventName: (entry, value) => entry.EventName === value,
  ReadOnly: (entry, value) => entry.ReadOnly === value,
  Username: (entry, value) => entry.Username === value,
  ResourceType: (entry, value) => entry.Resources.some((one) => one.ResourceType === value),
  ResourceName: (entry, value) => entry.Resources.some((one) => one.ResourceName === value),
  EventSource: (entry, value) => entry.EventSource === value,
  AccessKeyId: (entry, value) => entry.AccessKeyId === value,
};

function toFilter(attributes: unknown): (entry: Entry) => boolean {
  if (attributes === undefined || attributes === null) return () => true;
  const list = Array.isArray(attributes) ? (attributes as JsonObject[]) : [];
  const [only] = list;
  const test = ATTRIBUTES[String(only?.['AttributeKey'])];
  const value = only?.['AttributeValue'];
  if (list.length !== 1 || !test || typeof value !== 'string' || value === '')
    throw new AwsRefusal('InvalidLookupAttributesException', 'Exactly one valid lookup attribute is needed.');
  return (entry) => test(entry, value);
}

/** Data events cannot be looked up at all; Insights events only by their category. */
function isOfCategory(record: JsonObject, category: unknown): boolean {
  const kind = record['eventCategory'] ?? (record['managementEvent'] === false ? 'Data' : 'Management');
  return kind === (category === 'insight' ? 'Insight' : 'Management');
}

/** Text that orders by time, then by id. Seconds are below 10^10 until the year 2286. */
function orderKey(entry: Entry): string {
  return `${String(entry.EventTime).padStart(10, '0')} ${entry.EventId}`;
}

function toEntry(record: JsonObject): Entry {
  const identity = asObject(record['userIdentity']);
  const accessKeyId = asText(identity['accessKeyId']);
  const username = usernameOf(identity);
  return {
    EventId: asText(record['eventID']),
    EventName: asText(record['eventName']),
    ReadOnly: String(record['readOnly'] === true),
    ...(accessKeyId && { AccessKeyId: accessKeyId }),
    EventTime: Date.parse(asText(record['eventTime'])) / 1000,
    EventSource: asText(record['eventSource']),
    ...(username && { Username: username }),
    Resources: resourcesOf(record),
  };
}

/** Of a role it is the session's name, of root the word root. */
function usernameOf(identity: JsonObject): string {
  if (identity['type'] === 'Root') return 'root';
  const [, session = ''] = asText(identity['principalId']).split(':');
  return asText(identity['userName']) || session;
}

/** Request parameters that name a resource, by the type that lookup gives it. */
const NAMED_BY = [
  ['s3.amazonaws.com', 'bucketName', 'AWS::S3::Bucket'],
  ['cloudtrail.amazonaws.com', 'name', 'AWS::CloudTrail::Trail'],
  ['cloudtrail.amazonaws.com', 'trailName', 'AWS::CloudTrail::Trail'],
  ['ec2-instance-connect.amazonaws.com', 'instanceId', 'AWS::EC2::Instance'],
  ['sts.amazonaws.com', 'roleArn', 'AWS::IAM::Role'],
] as const;

function resourcesOf(record: JsonObject): Entry['Resources'] {
  const parameters = asObject(record['requestParameters']);
  const named = NAMED_BY.filter(([source]) => source === record['eventSource']).map(([, key, type]) => ({
    ResourceType: type,
    ResourceName: asText(parameters[key]),
  }));
  const listed = (Array.isArray(record['resources']) ? (record['resources'] as JsonObject[]) : []).map(
    (one) => ({ ResourceType: asText(one['type']), ResourceName: asText(one['ARN'] ?? one['arn']) }),
  );
  return [...listed, ...named].filter(
    (one, index, all) =>
      one.ResourceName !== '' && all.findIndex((other) => other.ResourceName === one.ResourceName) === index,
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}
