import { iamUser } from './callers.ts';
import { guid } from './ids.ts';
import { ACCOUNT, REGION, TIME } from './names.ts';
import type { TrailRecord } from './record.ts';

// Records of an AWS trail as CloudTrail writes them: synthetic, after the documented shapes. All ids are made up.

/** What every builder takes beside its own fields. */
export interface Call {
  /** ISO-8601 in whole seconds with `Z`. */
  readonly time?: string;
  /** `eventID`; by default made from the record, so equal calls give equal ids. */
  readonly id?: string;
  /** Account that got the record. */
  readonly account?: string;
  readonly region?: string;
  readonly caller?: TrailRecord;
  readonly ip?: string;
  /** Makes it a failed call: `errorCode`, with no response. */
  readonly error?: string;
  /** Fields of the record to add or replace. */
  readonly more?: TrailRecord;
}

/** Any call: `service` without its domain, e.g. `ssm`. */
export function call(
  service: string,
  eventName: string,
  requestParameters: TrailRecord | null,
  responseElements: TrailRecord | null,
  options: Call = {},
): TrailRecord {
  const account = options.account ?? ACCOUNT;
  const record = {
    eventVersion: '1.11',
    userIdentity: options.caller ?? iamUser('alice', { account }),
    eventTime: options.time ?? TIME,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: options.region ?? REGION,
    sourceIPAddress: options.ip ?? '203.0.113.7',
    userAgent: 'aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.1.0',
    ...(options.error === undefined ? {} : { errorCode: options.error, errorMessage: 'An error occurred' }),
    requestParameters,
    responseElements: options.error === undefined ? responseElements : null,
    requestID: guid([service, eventName, options.time, 'request']),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
    ...options.more,
  };
  return { ...record, eventID: options.id ?? guid([JSON.stringify(record)]) };
}

/** Options of the caller who belongs to the call's account. */
export function accountOf({ account }: Call): { readonly account?: string } {
  return account === undefined ? {} : { account };
}
