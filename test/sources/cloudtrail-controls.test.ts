import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Screenable } from '../../src/model/event.ts';
import { cloudtrail } from '../../src/sources/cloudtrail/cloudtrail.ts';
import * as aws from '../support/cloudtrail.ts';
import { decodeText } from './support.ts';

type Row = readonly [service: string, action: string, request: aws.TrailRecord | null, resource?: string];

function screened(record: aws.TrailRecord): Screenable {
  const { screen, rejects } = decodeText(cloudtrail, aws.trailFile([record]));
  assert.deepEqual(rejects, []);
  const [one, ...more] = screen;
  assert.ok(one !== undefined && more.length === 0);
  return one;
}

const screenedRow = ([service, action, request]: Row, options: aws.Call = {}) =>
  screened(aws.call(service, action, request, null, options));

/** Each row changes recording or its evidence as the state says; the same call failed does not. */
function holds(state: 'off' | 'on' | undefined, rows: readonly Row[]): void {
  for (const row of rows) {
    const [service, action, request, resource] = row;
    const name = `${service}:${action} ${JSON.stringify(request)}`;
    const { always, event } = screenedRow(row);
    assert.equal(always, true, name);
    assert.equal(event.kind, 'control.change');
    assert.equal(event.detail.control, `${service}:${action}`);
    assert.equal(event.detail.cloud?.state, state, name);
    if (resource !== undefined) assert.equal(event.detail.cloud?.resource, resource, name);
    assert.equal(screenedRow(row, { error: 'AccessDenied' }).always, false, name);
  }
}

/** Each row leaves recording and its evidence alone. */
function concernsNothing(rows: readonly Row[]): void {
  for (const row of rows) assert.equal(screenedRow(row).always, false, JSON.stringify(row));
}

test('a change of a control as a whole, and the record beside it', () => {
  const record = aws.stopLogging({ ip: '198.51.100.4' });
  const { event, always, record: seen } = screened(record);
  assert.deepEqual(seen, record);
  assert.equal(always, true);
  const { kind, account, target, path, origin, detail, ref } = event;
  assert.deepEqual(
    { kind, account, target, path, origin, detail, ref },
    {
      kind: 'control.change',
      account: 'alice',
      target: aws.ACCOUNT,
      path: null,
      origin: { ip: '198.51.100.4', port: null },
      detail: {
        control: 'cloudtrail:StopLogging',
        cloud: {
          provider: 'aws',
          service: 'cloudtrail',
          action: 'StopLogging',
          eventId: record['eventID'],
          account: aws.ACCOUNT,
          region: aws.REGION,
          identity: 'IAMUser',
          arn: `arn:aws:iam::${aws.ACCOUNT}:user/alice`,
          usedKey: aws.keyId('AKIA', 'alice'),
          resource: `arn:aws:cloudtrail:${aws.REGION}:${aws.ACCOUNT}:trail/main`,
          state: 'off',
        },
      },
      ref: { source: 'web01/auth.log', record: record['eventID'] },
    },
  );
});

test('every record is there for the rules, failed ones too, and has a uid apart from its events', () => {
  const records = [
    aws.startSession(),
    aws.call('ec2', 'DescribeInstances', {}, null),
    aws.stopLogging({ error: 'AccessDenied' }),
  ];
  const { events, screen } = decodeText(cloudtrail, aws.trailFile(records));
  assert.deepEqual(
    screen.map(({ always, record }) => [always, record]),
    records.map((record) => [false, record]),
  );
  const uids = [...events, ...screen.map(({ event }) => event)].map(({ uid }) => uid);
  assert.equal(new Set(uids).size, 4);
  const again = decodeText(cloudtrail, JSON.stringify({ Events: records.map(aws.lookupEvent) })).screen;
  assert.deepEqual(
    again.map(({ event }) => event.uid),
    screen.map(({ event }) => event.uid),
  );
});

test('what was typed as a user name at a failed sign-in is not kept', () => {
  const caller = { type: 'IAMUser', accountId: aws.ACCOUNT, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
  const { event } = screened(aws.consoleLogin({ caller, result: 'Failure' }));
  assert.equal(event.account, aws.ACCOUNT);
});

test('trails', () => {
  holds('off', [
    ['cloudtrail', 'StopLogging', { name: 'main' }, 'main'],
    ['cloudtrail', 'DeleteTrail', { name: 'main' }, 'main'],
    ['cloudtrail', 'UpdateTrail', { name: 'main', isMultiRegionTrail: false }, 'main'],
    ['cloudtrail', 'UpdateTrail', { name: 'main', includeGlobalServiceEvents: false }],
    ['cloudtrail', 'UpdateTrail', { Name: 'main', EnableLogFileValidation: false }, 'main'],
    [
      'cloudtrail',
      'UpdateTrail',
      { name: 'main', isMultiRegionTrail: true, enableLogFileValidation: 'false' },
    ],
  ]);
  holds('on', [
    ['cloudtrail', 'StartLogging', { name: 'main' }],
    ['cloudtrail', 'UpdateTrail', { name: 'main', isMultiRegionTrail: true, enableLogFileValidation: true }],
  ]);
  holds(undefined, [
    ['cloudtrail', 'CreateTrail', { name: 'main' }],
    ['cloudtrail', 'UpdateTrail', { name: 'main', s3BucketName: 'elsewhere', isMultiRegionTrail: true }],
    ['cloudtrail', 'UpdateTrail', { name: 'main' }],
  ]);
  concernsNothing([
    ['cloudtrail', 'LookupEvents', null],
    ['cloudtrail', 'GetTrailStatus', { name: 'main' }],
  ]);
});

test('selectors: on where one takes every management event', () => {
  const basic = (changes: aws.TrailRecord): Row => [
    'cloudtrail',
    'PutEventSelectors',
    {
      trailName: 'main',
      eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true, ...changes }],
    },
    'main',
  ];
  const advanced = (...fieldSelectors: readonly aws.TrailRecord[]): Row => [
    'cloudtrail',
    'PutEventSelectors',
    { trailName: 'main', advancedEventSelectors: [{ name: 'x', fieldSelectors }] },
  ];
  const management = { field: 'eventCategory', equals: ['Management'] };
  holds('on', [
    basic({}),
    basic({ dataResources: [], excludeManagementEventSources: [] }),
    advanced(management),
  ]);
  holds('off', [
    basic({ includeManagementEvents: false }),
    basic({ readWriteType: 'WriteOnly' }),
    basic({ excludeManagementEventSources: ['kms.amazonaws.com'] }),
    advanced(management, { field: 'readOnly', equals: ['false'] }),
    advanced({ field: 'eventCategory', equals: ['Data'] }),
    advanced({ Field: 'eventCategory', Equals: ['Data'] }),
  ]);
  holds(undefined, [['cloudtrail', 'PutEventSelectors', { omitted: true }]]);
});

test('event data stores and the rest of the trail service', () => {
  holds('off', [
    ['cloudtrail', 'DeleteEventDataStore', { eventDataStore: 'arn:store' }, 'arn:store'],
    ['cloudtrail', 'StopEventDataStoreIngestion', { eventDataStore: 'arn:store' }],
    ['cloudtrail', 'DeleteChannel', { channel: 'arn:channel' }, 'arn:channel'],
    ['cloudtrail', 'PutInsightSelectors', { trailName: 'main', insightSelectors: [] }],
  ]);
  holds('on', [
    ['cloudtrail', 'StartEventDataStoreIngestion', { eventDataStore: 'arn:store' }],
    ['cloudtrail', 'PutInsightSelectors', { insightSelectors: [{ insightType: 'ApiCallRateInsight' }] }],
  ]);
  holds(undefined, [
    ['cloudtrail', 'UpdateEventDataStore', { eventDataStore: 'arn:store', retentionPeriod: 7 }],
    ['cloudtrail', 'RestoreEventDataStore', { eventDataStore: 'arn:store' }],
    ['cloudtrail', 'DeregisterOrganizationDelegatedAdmin', { delegatedAdminAccountId: '4' }],
    ['cloudtrail', 'DeleteResourcePolicy', { resourceArn: 'arn:store' }],
    ['cloudtrail', 'PutEventConfiguration', { eventDataStore: 'arn:store' }],
  ]);
});

test('preferences of Session Manager: off where they name no destination', () => {
  const state = (options: aws.DocumentCall) =>
    screened(aws.updateDocument(options)).event.detail.cloud?.state;
  assert.equal(state({}), 'off');
  assert.equal(state({ bucket: 'logs' }), 'on');
  assert.equal(state({ logGroup: '/ssm' }), 'on');
  assert.equal(state({ content: null }), undefined);
  assert.equal(state({ content: 'HIDDEN_DUE_TO_SECURITY_REASONS' }), undefined);
  assert.equal(state({ content: '{"schemaVersion":"1.0"}' }), undefined);
  const name = 'SSM-SessionManagerRunShell';
  holds('off', [['ssm', 'DeleteDocument', { name }, name]]);
  holds(undefined, [
    ['ssm', 'UpdateDocumentDefaultVersion', { name, documentVersion: '2' }, name],
    ['ssm', 'CreateDocument', { name: `arn:aws:ssm:eu-central-1:111122223333:document/${name}` }],
  ]);
  concernsNothing([
    ['ssm', 'DeleteDocument', { name: 'other' }],
    ['ssm', 'UpdateDocument', { name: `${name}-copy`, content: '{"inputs":{}}' }],
    ['ssm', 'CreateDocument', { name: 'other' }],
    ['ssm', 'DescribeDocument', { name }],
  ]);
});

test('sharing and settings of Systems Manager', () => {
  holds(undefined, [
    ['ssm', 'ModifyDocumentPermission', { name: 'x', accountIdsToAdd: ['all'] }, 'x'],
    ['ssm', 'UpdateServiceSetting', { settingId: '/ssm/automation/customer-script-log-destination' }],
    [
      'ssm',
      'ResetServiceSetting',
      { settingId: 'arn:aws:ssm:r:1:servicesetting/ssm/documents/console/public-sharing-permission' },
    ],
  ]);
  concernsNothing([
    ['ssm', 'UpdateServiceSetting', { settingId: '/ssm/parameter-store/high-throughput-enabled' }],
  ]);
});

test('buckets', () => {
  const bucketName = 'session-logs';
  const block = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  const lock = (mode: string) => ({
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode: mode, Days: 30 } },
  });
  holds('off', [
    [
      's3',
      'PutBucketVersioning',
      { bucketName, VersioningConfiguration: { Status: 'Suspended' } },
      bucketName,
    ],
    ['s3', 'DeleteBucket', { bucketName }, bucketName],
    ['s3', 'DeleteBucketEncryption', { bucketName }],
    ['s3', 'DeleteBucketReplication', { bucketName }],
    [
      's3',
      'PutBucketReplication',
      { bucketName, ReplicationConfiguration: { Rule: { Status: 'Disabled' } } },
    ],
    ['s3', 'PutBucketLogging', { bucketName, BucketLoggingStatus: { xmlns: 'x' } }],
    ['s3', 'DeletePublicAccessBlock', { bucketName }],
    ['s3', 'DeleteAccountPublicAccessBlock', { host: ['x'] }, aws.ACCOUNT],
    [
      's3',
      'PutBucketPublicAccessBlock',
      { bucketName, PublicAccessBlockConfiguration: { ...block, BlockPublicPolicy: false } },
    ],
    [
      's3',
      'PutBucketObjectLockConfiguration',
      { bucketName, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } },
    ],
  ]);
  holds('on', [
    ['s3', 'PutBucketVersioning', { bucketName, VersioningConfiguration: { Status: 'Enabled' } }],
    ['s3', 'PutBucketEncryption', { bucketName }],
    [
      's3',
      'PutBucketReplication',
      { bucketName, ReplicationConfiguration: { Rule: [{ Status: 'Enabled' }] } },
    ],
    [
      's3',
      'PutBucketLogging',
      { bucketName, BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'x' } } },
    ],
    ['s3', 'PutBucketPublicAccessBlock', { bucketName, PublicAccessBlockConfiguration: block }],
    ['s3', 'PutObjectLockConfiguration', { bucketName, ObjectLockConfiguration: lock('COMPLIANCE') }],
  ]);
  holds(undefined, [
    [
      's3',
      'PutBucketLifecycle',
      { bucketName, LifecycleConfiguration: { Rule: { Expiration: { Days: 1 } } } },
    ],
    ['s3', 'PutLifecycleConfiguration', { bucketName }],
    ['s3', 'DeleteBucketLifecycle', { bucketName }],
    [
      's3',
      'PutBucketVersioning',
      { bucketName, VersioningConfiguration: { Status: 'Enabled', MfaDelete: 'Disabled' } },
    ],
    ['s3', 'PutBucketObjectLockConfiguration', { bucketName, ObjectLockConfiguration: lock('GOVERNANCE') }],
    ['s3', 'PutBucketPolicy', { bucketName }],
    ['s3', 'DeleteBucketPolicy', { bucketName }],
  ]);
  concernsNothing([
    ['s3', 'GetBucketVersioning', { bucketName }],
    ['s3', 'CreateBucket', { bucketName }],
    ['s3', 'DeleteObject', { bucketName, key: 'x' }],
  ]);
});

test('objects that are evidence by their names', () => {
  const bucketName = 'session-logs';
  const digest = `AWSLogs/1/CloudTrail-Digest/eu-central-1/2026/11/22/1_CloudTrail-Digest_eu-central-1_x.json.gz`;
  holds('off', [
    [
      's3',
      'DeleteObject',
      { bucketName, key: 'p/alice-0a1b2c3d4e5f67890.log' },
      `${bucketName}/p/alice-0a1b2c3d4e5f67890.log`,
    ],
    ['s3', 'DeleteObject', { bucketName, key: 'ecs-execute-command-abcdefghij0123456789abcdef.log' }],
    ['s3', 'DeleteObject', { bucketName, key: aws.trailKey({}) }],
    ['s3', 'DeleteObject', { bucketName, key: digest }],
  ]);
  holds(undefined, [
    ['s3', 'PutObjectRetention', { bucketName, key: 'alice-0a1b2c3d4e5f67890.log' }],
    ['s3', 'PutObjectLegalHold', { bucketName, key: aws.trailKey({ org: 'o-abc' }) }],
  ]);
  concernsNothing([
    ['s3', 'DeleteObject', { bucketName, key: 'app/access.log' }],
    ['s3', 'DeleteObject', { bucketName, key: 'alice-0a1b2c3d4e5f67890.log.gz' }],
    ['s3', 'DeleteObject', { bucketName }],
    ['s3', 'PutObject', { bucketName, key: 'alice-0a1b2c3d4e5f67890.log' }],
    ['s3', 'GetObject', { bucketName, key: 'alice-0a1b2c3d4e5f67890.log' }],
  ]);
});

test('log groups', () => {
  const logGroupName = '/ssm/sessions';
  holds('off', [
    ['logs', 'DeleteLogGroup', { logGroupName }, logGroupName],
    ['logs', 'DeleteLogStream', { logGroupName, logStreamName: 'alice-0a' }, logGroupName],
    ['logs', 'DisassociateKmsKey', { logGroupName }],
    ['logs', 'DeleteSubscriptionFilter', { logGroupName, filterName: 'x' }],
    ['logs', 'DeleteDestination', { destinationName: 'x' }, 'x'],
    [
      'logs',
      'PutLogGroupDeletionProtection',
      { logGroupIdentifier: 'x', deletionProtectionEnabled: false },
      'x',
    ],
  ]);
  holds('on', [
    ['logs', 'CreateLogGroup', { logGroupName }],
    ['logs', 'AssociateKmsKey', { logGroupName, kmsKeyId: 'x' }],
    ['logs', 'PutSubscriptionFilter', { logGroupName }],
    ['logs', 'PutDestination', { destinationName: 'x' }],
    ['logs', 'PutLogGroupDeletionProtection', { logGroupIdentifier: 'x', deletionProtectionEnabled: true }],
  ]);
  holds(undefined, [
    ['logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: 1 }],
    ['logs', 'DeleteRetentionPolicy', { logGroupName }],
    ['logs', 'DeleteResourcePolicy', { policyName: 'x' }],
    ['logs', 'PutDataProtectionPolicy', { logGroupIdentifier: 'x' }],
  ]);
  concernsNothing([['logs', 'CreateLogStream', { logGroupName, logStreamName: 'alice-0a' }]]);
});

test('keys', () => {
  const keyId = '0a1b2c3d-1111-4222-8333-0123456789ab';
  holds('off', [
    ['kms', 'DisableKey', { keyId }, keyId],
    ['kms', 'ScheduleKeyDeletion', { keyId, pendingWindowInDays: 7 }],
    ['kms', 'DeleteImportedKeyMaterial', { keyId }],
  ]);
  holds('on', [
    ['kms', 'EnableKey', { keyId }],
    ['kms', 'ImportKeyMaterial', { keyId }],
  ]);
  holds(undefined, [
    ['kms', 'CancelKeyDeletion', { keyId }],
    ['kms', 'PutKeyPolicy', { keyId }],
    ['kms', 'RevokeGrant', { keyId, grantId: 'x' }],
    ['kms', 'RetireGrant', { keyId }],
  ]);
  concernsNothing([['kms', 'Decrypt', null]]);
});

test('clusters: exec logging, and the audit log of EKS', () => {
  const exec = (execution: aws.TrailRecord): aws.TrailRecord => ({
    cluster: 'prod',
    configuration: { executeCommandConfiguration: execution },
  });
  const logging = (...clusterLogging: readonly aws.TrailRecord[]): Row => [
    'eks',
    'UpdateClusterConfig',
    { name: 'prod', logging: { clusterLogging } },
    'prod',
  ];
  holds('off', [
    ['ecs', 'UpdateCluster', exec({ logging: 'NONE' }), 'prod'],
    [
      'ecs',
      'CreateCluster',
      { clusterName: 'prod', configuration: exec({ logging: 'NONE' })['configuration'] },
      'prod',
    ],
    ['ecs', 'UpdateCluster', exec({ logging: 'OVERRIDE' })],
    logging({ types: ['audit', 'api'], enabled: false }),
    logging({ types: ['api'], enabled: true }, { types: ['authenticator'], enabled: false }),
  ]);
  holds('on', [
    ['ecs', 'UpdateCluster', exec({ logging: 'DEFAULT' })],
    ['ecs', 'UpdateCluster', exec({ logging: 'OVERRIDE', logConfiguration: { s3BucketName: 'x' } })],
    logging({ types: ['audit'], enabled: true }),
  ]);
  holds(undefined, [
    ['ecs', 'UpdateCluster', exec({ kmsKeyId: 'x' })],
    logging({ types: ['scheduler'], enabled: false }),
  ]);
  concernsNothing([
    ['ecs', 'CreateCluster', { clusterName: 'prod' }],
    ['ecs', 'UpdateClusterSettings', { cluster: 'prod', settings: [{ name: 'containerInsights' }] }],
    ['eks', 'UpdateClusterConfig', { name: 'prod', resourcesVpcConfig: {} }],
  ]);
});

test('configuration recorder and GuardDuty', () => {
  holds('off', [
    ['config', 'StopConfigurationRecorder', { configurationRecorderName: 'default' }, 'default'],
    ['config', 'DeleteConfigurationRecorder', { configurationRecorderName: 'default' }],
    ['config', 'DeleteDeliveryChannel', { deliveryChannelName: 'default' }, 'default'],
    ['guardduty', 'DeleteDetector', { detectorId: 'd' }, 'd'],
    ['guardduty', 'UpdateDetector', { detectorId: 'd', enable: false }],
    ['guardduty', 'StopMonitoringMembers', { detectorId: 'd' }],
  ]);
  holds('on', [
    ['config', 'StartConfigurationRecorder', { configurationRecorderName: 'default' }],
    ['config', 'PutDeliveryChannel', { deliveryChannelName: 'default' }],
    ['guardduty', 'UpdateDetector', { detectorId: 'd', enable: true }],
    ['guardduty', 'CreateDetector', { enable: true }],
  ]);
  holds(undefined, [
    ['config', 'PutConfigurationRecorder', {}],
    ['guardduty', 'UpdateDetector', { detectorId: 'd', findingPublishingFrequency: 'SIX_HOURS' }],
    ['guardduty', 'CreateFilter', { detectorId: 'd', action: 'ARCHIVE' }],
    ['guardduty', 'DisassociateFromAdministratorAccount', { detectorId: 'd' }],
    ['guardduty', 'DisassociateMembers', { detectorId: 'd' }],
  ]);
  concernsNothing([
    ['config', 'PutEvaluations', {}],
    ['guardduty', 'GetDetector', { detectorId: 'd' }],
  ]);
});

test('roles, instances and the organization', () => {
  holds('off', [
    ['organizations', 'LeaveOrganization', null, aws.ACCOUNT],
    ['organizations', 'DisablePolicyType', { rootId: 'r-1', policyType: 'SERVICE_CONTROL_POLICY' }, 'r-1'],
  ]);
  holds('on', [['organizations', 'EnablePolicyType', { rootId: 'r-1' }]]);
  holds(undefined, [
    ['iam', 'DetachRolePolicy', { roleName: 'node', policyArn: 'x' }, 'node'],
    ['iam', 'DeleteRolePolicy', { roleName: 'node' }],
    ['iam', 'PutRolePolicy', { roleName: 'node' }],
    ['iam', 'AttachRolePolicy', { roleName: 'node' }],
    ['iam', 'PutRolePermissionsBoundary', { roleName: 'node' }],
    ['iam', 'DeleteRolePermissionsBoundary', { roleName: 'node' }],
    ['ec2', 'ModifyInstanceAttribute', { instanceId: 'i-1', userData: '<sensitiveDataRemoved>' }, 'i-1'],
    ['ec2', 'EnableSerialConsoleAccess', null],
    ['ec2', 'DisableSerialConsoleAccess', null],
    ['organizations', 'DetachPolicy', { policyId: 'p-1', targetId: aws.ACCOUNT }, aws.ACCOUNT],
  ]);
  concernsNothing([
    ['iam', 'CreateRole', { roleName: 'node' }],
    ['ec2', 'ModifyInstanceAttribute', { instanceId: 'i-1', instanceType: { value: 't3.micro' } }],
    ['ec2', 'GetSerialConsoleAccessStatus', null],
    // The same name at another service.
    ['ec2', 'StopLogging', { name: 'main' }],
    ['constructor', 'prototype', null],
  ]);
});

test('the root user at a control is seen as itself too', () => {
  const { events, screen } = decodeText(cloudtrail, aws.trailFile([aws.stopLogging({ caller: aws.root() })]));
  assert.deepEqual(
    events.map(({ kind, account }) => [kind, account]),
    [['access.use', 'root']],
  );
  assert.equal(screen[0]?.always, true);
});
