import type { LookupAttribute } from '@aws-sdk/client-cloudtrail';

/** One question to the event history: AWS takes a single attribute a call. */
export interface Query {
  readonly id: string;
  readonly attribute: LookupAttribute;
}

/**
 * What is asked. All that changes something, which holds sessions, sign-ins and changes to recording; the calls that
 * hand out credentials, which the trail counts as reading; and root's every step, reading included. An event that
 * two of them find is one event: its id tells.
 */
export const QUERIES: readonly Query[] = [
  { id: 'writes', attribute: { AttributeKey: 'ReadOnly', AttributeValue: 'false' } },
  ...[
    'AssumeRole',
    'AssumeRoleWithSAML',
    'AssumeRoleWithWebIdentity',
    'GetFederationToken',
    'GetSessionToken',
  ].map((name): Query => ({ id: name, attribute: { AttributeKey: 'EventName', AttributeValue: name } })),
  { id: 'root', attribute: { AttributeKey: 'Username', AttributeValue: 'root' } },
];
