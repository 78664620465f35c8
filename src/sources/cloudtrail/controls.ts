import { type Call, isCallRecord, succeeded } from './call.ts';
import { PREFERENCES } from '../../model/session-document.ts';
import { isFields, lastSegment, listAt, textAt, valueAt } from './fields.ts';
import * as states from './control-states.ts';
import * as trail from './control-states-trail.ts';

/** What a call does to recording or its evidence. */
export interface Control {
  readonly resource: string | null;
  readonly state: 'off' | 'on' | undefined;
}

/** Null where the call failed, or has nothing to do with recording and its evidence. */
export function parseControl(call: Call): Control | null {
  const key = `${call.service}:${call.action}`;
  const entry = Object.hasOwn(CONTROLS, key) ? CONTROLS[key] : undefined;
  if (entry === undefined || !isCallRecord(call) || !succeeded(call)) return null;
  if (entry.concerns?.(call) === false) return null;
  const state = typeof entry.state === 'function' ? entry.state(call) : entry.state;
  return { resource: resourceOf(call, entry.names), state };
}

interface Entry {
  /** Request parameters that may name what changed, the most telling first. */
  readonly names: readonly string[];
  /** Absent where the call does not tell what holds after it. */
  readonly state?: 'off' | 'on' | ((call: Call) => 'off' | 'on' | undefined);
  /** False where this call of the name has nothing to do with recording. */
  readonly concerns?: (call: Call) => boolean;
}

/** The trail itself: the witness of everything else. */
const TRAIL: Readonly<Record<string, Entry>> = {
  StopLogging: { names: ['name'], state: 'off' },
  StartLogging: { names: ['name'], state: 'on' },
  DeleteTrail: { names: ['name'], state: 'off' },
  // A new trail does not log before StartLogging.
  CreateTrail: { names: ['name'] },
  UpdateTrail: { names: ['name'], state: trail.trailState },
  PutEventSelectors: { names: ['trailName'], state: trail.selectorState },
  PutInsightSelectors: { names: ['trailName', 'eventDataStore'], state: trail.insightState },
  DeleteEventDataStore: { names: ['eventDataStore'], state: 'off' },
  RestoreEventDataStore: { names: ['eventDataStore'] },
  StopEventDataStoreIngestion: { names: ['eventDataStore'], state: 'off' },
  StartEventDataStoreIngestion: { names: ['eventDataStore'], state: 'on' },
  UpdateEventDataStore: { names: ['eventDataStore'] },
  DeregisterOrganizationDelegatedAdmin: { names: ['delegatedAdminAccountId'] },
  RegisterOrganizationDelegatedAdmin: { names: ['memberAccountId'] },
  DeleteResourcePolicy: { names: ['resourceArn'] },
  PutResourcePolicy: { names: ['resourceArn'] },
  PutEventConfiguration: { names: ['trailName', 'eventDataStore'] },
  DeleteChannel: { names: ['channel'], state: 'off' },
};

const isPreferences = ({ request }: Call): boolean => {
  const name = textAt(request, 'name');
  return name !== null && lastSegment(name) === PREFERENCES;
};
const isLoggingSetting = ({ request }: Call): boolean =>
  LOGGING_SETTINGS.some((id) => textAt(request, 'settingId')?.endsWith(id));

// Session Manager's logging is no service setting; these are the ones that touch evidence or who may reach nodes.
const LOGGING_SETTINGS = [
  '/ssm/automation/customer-script-log-destination',
  '/ssm/automation/customer-script-log-group-name',
  '/ssm/documents/console/public-sharing-permission',
  '/ssm/managed-instance/default-ec2-instance-management-role',
];

const SESSIONS: Readonly<Record<string, Entry>> = {
  CreateDocument: { names: ['name'], state: states.preferencesState, concerns: isPreferences },
  UpdateDocument: { names: ['name'], state: states.preferencesState, concerns: isPreferences },
  UpdateDocumentDefaultVersion: { names: ['name'], concerns: isPreferences },
  // Without preferences nothing is recorded.
  DeleteDocument: { names: ['name'], state: 'off', concerns: isPreferences },
  ModifyDocumentPermission: { names: ['name'] },
  UpdateServiceSetting: { names: ['settingId'], concerns: isLoggingSetting },
  ResetServiceSetting: { names: ['settingId'], concerns: isLoggingSetting },
};

const BUCKET = ['bucketName'];

/** Buckets: which of them hold recordings, the call does not tell. */
const BUCKETS: Readonly<Record<string, Entry>> = {
  PutBucketLifecycle: { names: BUCKET },
  PutBucketLifecycleConfiguration: { names: BUCKET },
  PutLifecycleConfiguration: { names: BUCKET },
  DeleteBucketLifecycle: { names: BUCKET },
  PutBucketVersioning: { names: BUCKET, state: states.versioningState },
  DeleteBucket: { names: BUCKET, state: 'off' },
  PutBucketEncryption: { names: BUCKET, state: 'on' },
  DeleteBucketEncryption: { names: BUCKET, state: 'off' },
  PutBucketReplication: { names: BUCKET, state: states.replicationState },
  DeleteBucketReplication: { names: BUCKET, state: 'off' },
  PutBucketPolicy: { names: BUCKET },
  DeleteBucketPolicy: { names: BUCKET },
  PutBucketLogging: { names: BUCKET, state: states.bucketLoggingState },
  PutBucketPublicAccessBlock: { names: BUCKET, state: states.publicAccessState },
  PutPublicAccessBlock: { names: BUCKET, state: states.publicAccessState },
  DeleteBucketPublicAccessBlock: { names: BUCKET, state: 'off' },
  DeletePublicAccessBlock: { names: BUCKET, state: 'off' },
  PutAccountPublicAccessBlock: { names: ['accountId'], state: states.publicAccessState },
  DeleteAccountPublicAccessBlock: { names: ['accountId'], state: 'off' },
  PutBucketObjectLockConfiguration: { names: BUCKET, state: states.objectLockState },
  PutObjectLockConfiguration: { names: BUCKET, state: states.objectLockState },
};

/**
 * Objects that are evidence by their names: a transcript is named after its session, and a trail's files and digests
 * lie in folders of their own. Any other deletion is left to rules: buckets see millions a day.
 */
const EVIDENCE =
  /(?:-[0-9a-z]{17,26}\.log|\/CloudTrail(?:-Digest)?\/[a-z0-9-]{1,32}\/\d{4}\/[\w./-]{1,200})$/;
const isEvidence = ({ request }: Call): boolean => EVIDENCE.test((textAt(request, 'key') ?? '').slice(-300));

const OBJECTS: Readonly<Record<string, Entry>> = {
  DeleteObject: { names: BUCKET, state: 'off', concerns: isEvidence },
  PutObjectRetention: { names: BUCKET, concerns: isEvidence },
  PutObjectLegalHold: { names: BUCKET, concerns: isEvidence },
};

const GROUP = ['logGroupName', 'logGroupIdentifier'];

const LOG_GROUPS: Readonly<Record<string, Entry>> = {
  CreateLogGroup: { names: GROUP, state: 'on' },
  DeleteLogGroup: { names: GROUP, state: 'off' },
  // While a session runs, its agent stops streaming when the stream is gone.
  DeleteLogStream: { names: GROUP, state: 'off' },
  PutRetentionPolicy: { names: GROUP },
  DeleteRetentionPolicy: { names: GROUP },
  AssociateKmsKey: { names: [...GROUP, 'resourceIdentifier'], state: 'on' },
  DisassociateKmsKey: { names: [...GROUP, 'resourceIdentifier'], state: 'off' },
  PutSubscriptionFilter: { names: GROUP, state: 'on' },
  DeleteSubscriptionFilter: { names: GROUP, state: 'off' },
  PutDestination: { names: ['destinationName'], state: 'on' },
  DeleteDestination: { names: ['destinationName'], state: 'off' },
  PutResourcePolicy: { names: ['policyName'] },
  DeleteResourcePolicy: { names: ['policyName'] },
  PutDataProtectionPolicy: { names: GROUP },
  DeleteDataProtectionPolicy: { names: GROUP },
  PutLogGroupDeletionProtection: { names: GROUP, state: states.deletionProtectionState },
};

const KEY = ['keyId'];

const KEYS: Readonly<Record<string, Entry>> = {
  DisableKey: { names: KEY, state: 'off' },
  EnableKey: { names: KEY, state: 'on' },
  ScheduleKeyDeletion: { names: KEY, state: 'off' },
  // The key is disabled after it, until EnableKey.
  CancelKeyDeletion: { names: KEY },
  DeleteImportedKeyMaterial: { names: KEY, state: 'off' },
  ImportKeyMaterial: { names: KEY, state: 'on' },
  PutKeyPolicy: { names: KEY },
  RevokeGrant: { names: KEY },
  RetireGrant: { names: KEY },
};

const CLUSTER = ['cluster', 'clusterName', 'name'];
const setsExecLogging = ({ request }: Call): boolean => isFields(valueAt(request, ...states.EXEC_PATH));

const CONTAINERS: Readonly<Record<string, Entry>> = {
  CreateCluster: { names: CLUSTER, state: states.execLoggingState, concerns: setsExecLogging },
  UpdateCluster: { names: CLUSTER, state: states.execLoggingState, concerns: setsExecLogging },
  UpdateClusterSettings: { names: CLUSTER, state: states.execLoggingState, concerns: setsExecLogging },
};

const ROLE = ['roleName'];
const DETECTOR = ['detectorId'];
const RECORDER = ['configurationRecorderName'];

/** Everything that weakens recording or its evidence, and what restores it, by service and call. */
const CONTROLS: Readonly<Record<string, Entry>> = {
  ...ofService('cloudtrail', TRAIL),
  ...ofService('ssm', SESSIONS),
  ...ofService('s3', { ...BUCKETS, ...OBJECTS }),
  ...ofService('logs', LOG_GROUPS),
  ...ofService('kms', KEYS),
  ...ofService('ecs', CONTAINERS),
  ...ofService('eks', {
    UpdateClusterConfig: {
      names: ['name'],
      state: states.auditLoggingState,
      concerns: ({ request }) => isFields(valueAt(request, 'logging')),
    },
  }),
  ...ofService('config', {
    StopConfigurationRecorder: { names: RECORDER, state: 'off' },
    StartConfigurationRecorder: { names: RECORDER, state: 'on' },
    DeleteConfigurationRecorder: { names: RECORDER, state: 'off' },
    PutConfigurationRecorder: { names: RECORDER },
    DeleteDeliveryChannel: { names: ['deliveryChannelName'], state: 'off' },
    PutDeliveryChannel: { names: ['deliveryChannelName'], state: 'on' },
  }),
  ...ofService('guardduty', {
    CreateDetector: { names: DETECTOR, state: states.detectorState },
    UpdateDetector: { names: DETECTOR, state: states.detectorState },
    DeleteDetector: { names: DETECTOR, state: 'off' },
    CreateFilter: { names: DETECTOR },
    DeleteFilter: { names: DETECTOR },
    DeleteMembers: { names: DETECTOR },
    DisassociateMembers: { names: DETECTOR },
    DisassociateFromMasterAccount: { names: DETECTOR },
    DisassociateFromAdministratorAccount: { names: DETECTOR },
    StopMonitoringMembers: { names: DETECTOR, state: 'off' },
    StartMonitoringMembers: { names: DETECTOR, state: 'on' },
  }),
  // A role that may no longer write makes the agent lose its uploads without a word.
  ...ofService('iam', {
    AttachRolePolicy: { names: ROLE },
    DetachRolePolicy: { names: ROLE },
    DeleteRolePolicy: { names: ROLE },
    PutRolePolicy: { names: ROLE },
    PutRolePermissionsBoundary: { names: ROLE },
    DeleteRolePermissionsBoundary: { names: ROLE },
  }),
  ...ofService('ec2', {
    ModifyInstanceAttribute: {
      names: ['instanceId'],
      concerns: ({ request }) => valueAt(request, 'userData') !== undefined,
    },
    EnableSerialConsoleAccess: { names: [] },
    DisableSerialConsoleAccess: { names: [] },
  }),
  ...ofService('organizations', {
    LeaveOrganization: { names: [], state: 'off' },
    DetachPolicy: { names: ['targetId', 'policyId'] },
    AttachPolicy: { names: ['targetId', 'policyId'] },
    DisablePolicyType: { names: ['rootId'], state: 'off' },
    EnablePolicyType: { names: ['rootId'], state: 'on' },
  }),
};

function ofService(name: string, calls: Readonly<Record<string, Entry>>): Record<string, Entry> {
  return Object.fromEntries(Object.entries(calls).map(([action, entry]) => [`${name}:${action}`, entry]));
}

/** What changed: by the request, else the first resource that the record names, else the account as a whole. */
function resourceOf({ service, request, record, account }: Call, names: readonly string[]): string | null {
  const named = names.map((name) => textAt(request, name)).find((text) => text !== null);
  const key = service === 's3' ? textAt(request, 'key') : null;
  if (named !== undefined && key !== null) return `${named}/${key}`;
  return named ?? resourceOfRecord(record) ?? account;
}

/** The first of `resources`; null where there is none. */
export function resourceOfRecord(record: Call['record']): string | null {
  const [first] = listAt(record, 'resources');
  return textAt(first, 'ARN') ?? textAt(first, 'arn');
}
