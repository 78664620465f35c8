import { insideAddress } from './fleet.ts';
import type { Random } from './random.ts';
import { toIsoSeconds } from './times.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const AGENTS = [
  'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64',
  'Boto3/1.34.90 md/Botocore#1.34.90 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.9',
  'APN/1.0 HashiCorp/1.0 Terraform/1.8.4 (+https://www.terraform.io) terraform-provider-aws/5.50.0',
  'console.amazonaws.com',
];

export interface Call {
  readonly service: string;
  readonly name: string;
  readonly ms: number;
  readonly role: string;
  readonly user: string;
  readonly request: unknown;
  readonly response: unknown;
  readonly readOnly: boolean;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A record as a trail delivers it, one JSON text. */
export function toRecord(random: Random, call: Call): string {
  const principal = `AROA${random.text(17, UPPER)}`;
  return JSON.stringify({
    eventVersion: '1.09',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `${principal}:${call.user}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${call.role}/${call.user}`,
      accountId: ACCOUNT,
      accessKeyId: `ASIA${random.text(16, UPPER)}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: principal,
          arn: `arn:aws:iam::${ACCOUNT}:role/${call.role}`,
          accountId: ACCOUNT,
          userName: call.role,
        },
        attributes: {
          creationDate: toIsoSeconds(call.ms - random.between(0, 3_600_000)),
          mfaAuthenticated: 'true',
        },
      },
    },
    eventTime: toIsoSeconds(call.ms),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.name,
    awsRegion: REGION,
    sourceIPAddress: insideAddress(random),
    userAgent: random.pick(AGENTS),
    requestParameters: call.request,
    responseElements: call.response,
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${call.service}.${REGION}.amazonaws.com`,
    },
    ...call.extra,
  });
}
