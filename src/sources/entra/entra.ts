import type { Format } from '../format.ts';
import { type Fields, isFields, textAt } from '../json-fields.ts';
import { originOf, type ProviderRecord } from '../provider-event.ts';
import { defineProviderFormat, type ProviderSpec } from '../provider-format.ts';
import { type Activity, parseActivation, parseControl, toActivity } from './activity.ts';
import { parseSignIn, type SignIn, toSignIn } from './sign-in.ts';

const spec: ProviderSpec = {
  type: 'entra',
  title: 'Entra ID sign-ins and audit (Microsoft Graph, diagnostic settings)',
  screened: { product: 'azure', service: 'auditlogs' },
  keys: ['createdDateTime', 'userPrincipalName', 'correlationId'],
  zone: 'UTC',
  isOwn,
  // Other categories that a diagnostic setting sends to the same place.
  isOther: (fields) => textAt(fields, 'category') !== null && textAt(fields, 'operationName') !== null,
  timeOf: (record) => {
    const inner = innerOf(record);
    return textAt(inner, 'createdDateTime') ?? textAt(inner, 'activityDateTime') ?? textAt(record, 'time');
  },
  read: (record) => {
    const inner = innerOf(record);
    return isSignIn(inner) ? readSignIn(toSignIn(inner, record)) : readActivity(toActivity(inner, record));
  },
};

/** Sign-ins and audit records of an Entra tenant. */
export const entra: Format = defineProviderFormat(spec);

/** Diagnostic settings put the record of Microsoft Graph into `properties`. */
function innerOf(record: Fields): Fields {
  const { properties } = record;
  return isFields(properties) && typeof record['category'] === 'string' ? properties : record;
}

function isOwn(fields: Fields): boolean {
  const inner = innerOf(fields);
  return isSignIn(inner) || isActivity(inner);
}

function isSignIn(inner: Fields): boolean {
  const isNamed = typeof inner['appId'] === 'string' || typeof inner['userPrincipalName'] === 'string';
  return typeof inner['createdDateTime'] === 'string' && isNamed && isFields(inner['status']);
}

function isActivity(inner: Fields): boolean {
  return (
    typeof inner['activityDateTime'] === 'string' &&
    typeof inner['activityDisplayName'] === 'string' &&
    isFields(inner['initiatedBy'])
  );
}

function readSignIn(signIn: SignIn): ProviderRecord {
  const { id, name, identity, principalId, tenant, ip, mfa, resource } = signIn;
  return {
    provider: 'entra',
    service: 'signin',
    action: signIn.action,
    id: id === null ? null : [id],
    eventId: id,
    name,
    origin: originOf(ip),
    host: null,
    cloud: {
      account: tenant,
      region: null,
      identity,
      arn: principalId,
      ...(mfa === undefined ? {} : { mfa }),
      ...(resource === null ? {} : { resource }),
    },
    drafts: parseSignIn(signIn),
    control: null,
  };
}

function readActivity(activity: Activity): ProviderRecord {
  const { id, name, tenant, ip } = activity;
  return {
    provider: 'entra',
    service: activity.service,
    action: activity.action,
    id: id === null ? null : [id],
    eventId: id,
    name,
    origin: originOf(ip),
    host: null,
    cloud: { account: tenant, region: null, identity: activity.identity, arn: activity.principalId },
    drafts: parseActivation(activity),
    control: parseControl(activity),
  };
}
