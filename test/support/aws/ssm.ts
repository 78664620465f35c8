import type { Session } from '@aws-sdk/client-ssm';
import { invalid, jsonService, type JsonOperation, wholeNumber } from './json.ts';
import { type JsonObject, regionOf } from './state.ts';
import { AwsRefusal } from './wire.ts';

const ACTIVE = ['Connected', 'Connecting', 'Disconnected'];

/** Ended sessions are listed for 30 days. */
const HISTORY_MS = 30 * 86_400_000;

/** Sessions that are open (Active) or have ended (History), the newest first; all filters must fit. */
const describeSessions: JsonOperation = (input, call) => {
  const state = input['State'];
  if (state !== 'Active' && state !== 'History')
    invalid('state', state, 'Member must satisfy enum value set: [Active, History]');
  const max = wholeNumber(input['MaxResults'], { min: 1, max: 200, absent: 200 }, (value) =>
    invalid('maxResults', value, 'Member must have value between 1 and 200'),
  );
  const matches = toFilter(input['Filters']);
  const { NextToken: token, ...parameters } = input;
  const scope = `DescribeSessions ${call.caller.account} ${call.region}`;
  const position = typeof token === 'string' ? call.pages.redeem(scope, parameters, token) : '';
  if (position === undefined) throw new AwsRefusal('InvalidNextToken', 'The specified token is not valid.');
  const left = (regionOf(call.state, call.caller.account, call.region).sessions ?? [])
    .filter((one) => isListed(one, state, call.now) && matches(one))
    .sort((a, b) => (orderKey(a) < orderKey(b) ? 1 : -1))
    .filter((one) => position === '' || orderKey(one) < position);
  const page = left.slice(0, max);
  const last = page.at(-1);
  return {
    Sessions: page,
    ...(left.length > max && last && { NextToken: call.pages.issue(scope, parameters, orderKey(last)) }),
  };
};

const getDocument: JsonOperation = (input, call) => {
  const name = String(input['Name']);
  const document = regionOf(call.state, call.caller.account, call.region).documents?.[name];
  if (!document) throw new AwsRefusal('InvalidDocument', `Document with name ${name} does not exist.`);
  const version = document.version ?? '1';
  const wanted = input['DocumentVersion'] ?? '$DEFAULT';
  if (wanted !== '$DEFAULT' && wanted !== '$LATEST' && wanted !== version)
    throw new AwsRefusal('InvalidDocumentVersion', `Document with name ${name} has no such version.`);
  const { content } = document;
  return {
    Name: name,
    DocumentVersion: version,
    Status: 'Active',
    Content: typeof content === 'string' ? content : JSON.stringify(content),
    DocumentType: document.type ?? 'Session',
    DocumentFormat: 'JSON',
  };
};

/** Systems Manager over JSON 1.1. */
export const SSM = jsonService('ssm', 'AmazonSSM', {
  DescribeSessions: describeSessions,
  GetDocument: getDocument,
});

function isListed(session: Session, state: 'Active' | 'History', now: number): boolean {
  const active = ACTIVE.includes(session.Status ?? '');
  if (state === 'Active') return active;
  return !active && (session.EndDate ?? session.StartDate ?? new Date(now)).getTime() >= now - HISTORY_MS;
}

/** Text that orders by start, then by id. */
function orderKey(session: Session): string {
  return `${session.StartDate?.toISOString() ?? ''} ${session.SessionId ?? ''}`;
}

const FILTERS: Readonly<Record<string, (session: Session, value: string) => boolean>> = {
  InvokedAfter: (session, value) => startOf(session) > Date.parse(value),
  InvokedBefore: (session, value) => startOf(session) < Date.parse(value),
  Target: (session, value) => session.Target === value,
  Owner: (session, value) => session.Owner === value,
  Status: (session, value) => session.Status === value,
  SessionId: (session, value) => session.SessionId === value,
};

/** Throws InvalidFilterKey for a key that is not known, ValidationException for more than six filters or none. */
function toFilter(filters: unknown): (session: Session) => boolean {
  if (filters === undefined || filters === null) return () => true;
  const list = Array.isArray(filters) ? (filters as JsonObject[]) : [];
  if (list.length === 0 || list.length > 6)
    invalid('filters', list.length, 'Member must have length between 1 and 6');
  const tests = list.map((one) => {
    const test = FILTERS[String(one['key'])];
    if (!test) throw new AwsRefusal('InvalidFilterKey', 'The specified key is not valid.');
    return (session: Session) => test(session, String(one['value']));
  });
  return (session) => tests.every((test) => test(session));
}

function startOf(session: Session): number {
  return session.StartDate?.getTime() ?? Number.NaN;
}
