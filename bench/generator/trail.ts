import { outsideAddress, PRIVILEGED } from './fleet.ts';
import type { Random } from './random.ts';
import { toIsoSeconds } from './times.ts';
import { ACCOUNT, REGION, toRecord, UPPER } from './trail-record.ts';
import { openSession } from './trail-sessions.ts';
import type { World } from './world.ts';

const CALLS: readonly (readonly [string, string])[] = [
  ['ec2', 'DescribeInstances'],
  ['ec2', 'DescribeVolumes'],
  ['s3', 'GetObject'],
  ['s3', 'ListBuckets'],
  ['kms', 'Decrypt'],
  ['kms', 'GenerateDataKey'],
  ['sts', 'GetCallerIdentity'],
  ['iam', 'ListRoles'],
  ['logs', 'DescribeLogStreams'],
  ['ssm', 'UpdateInstanceInformation'],
  ['cloudtrail', 'LookupEvents'],
  ['monitoring', 'DescribeAlarms'],
  ['elasticloadbalancing', 'DescribeTargetHealth'],
];

/** One record of the trail, or the two of a session. Returns how many there will be. */
export function trailRecord(world: World, ms: number): number {
  if (world.random.chance(0.0175)) return interesting(world, ms);
  const [service, name] = world.random.pick(CALLS);
  const role = world.random.pick(['app-instances', 'ci-runner', 'monitoring', 'eks-nodes']);
  const user = `i-0${world.random.hex(16)}`;
  const request = requestOf(world.random, service, name);
  world.trail.write(
    toRecord(world.random, { service, name, ms, role, user, request, response: null, readOnly: true }),
  );
  return 1;
}

function interesting(world: World, ms: number): number {
  const kind = world.random.fraction();
  if (kind < 0.25) return openSession(world, ms);
  if (kind < 0.87) return assumeRole(world, ms);
  const call = {
    service: 'signin',
    name: 'ConsoleLogin',
    ms,
    role: 'sso',
    user: world.random.pick(PRIVILEGED),
  };
  const response = { ConsoleLogin: 'Success' };
  const extra = {
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', MFAUsed: 'Yes' },
    eventType: 'AwsConsoleSignIn',
    sourceIPAddress: outsideAddress(world.random),
  };
  world.trail.write(toRecord(world.random, { ...call, request: null, response, readOnly: false, extra }));
  return 1;
}

/** A person assumes a role; now and then it is the one that is kept for emergencies. */
function assumeRole(world: World, ms: number): number {
  const { random, ledger } = world;
  const emergency = random.chance(0.02);
  const role = emergency ? 'BreakGlassAdmin' : random.pick(['PowerUser', 'Billing', 'Operators']);
  const user = random.pick(PRIVILEGED);
  const request = {
    roleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
    roleSessionName: user,
    durationSeconds: 3600,
  };
  const id = `AROA${random.text(17, UPPER)}:${user}`;
  const response = {
    credentials: {
      accessKeyId: `ASIA${random.text(16, UPPER)}`,
      sessionToken: random.text(380, UPPER),
      expiration: toIsoSeconds(ms + 3_600_000),
    },
    assumedRoleUser: { assumedRoleId: id, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${user}` },
  };
  const call = {
    service: 'sts',
    name: 'AssumeRole',
    ms,
    role: 'sso',
    user,
    request,
    response,
    readOnly: true,
  };
  world.trail.write(toRecord(random, call));
  ledger.count('roles');
  if (emergency) {
    const time = Math.floor(ms / 1000) * 1000;
    const account = `${role}/${user}`;
    ledger.plant({ kind: 'break-glass', target: ACCOUNT, account, pid: null, cloudSession: null, time });
  }
  return 1;
}

function requestOf(random: Random, service: string, name: string): unknown {
  if (service === 'ec2') {
    const items = Array.from({ length: random.between(0, 8) }, () => ({
      instanceId: `i-0${random.hex(16)}`,
    }));
    return {
      instancesSet: { items },
      filterSet: { items: [{ name: 'instance-state-name', valueSet: { items: [{ value: 'running' }] } }] },
    };
  }
  if (service === 's3')
    return { bucketName: `corp-${random.hex(4)}`, key: `year=2026/part-${random.hex(32)}.parquet` };
  if (service === 'kms')
    return {
      keyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${random.uuid()}`,
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  // A question about interesting calls is none of them.
  if (name === 'LookupEvents')
    return {
      lookupAttributes: [{ attributeKey: 'EventName', attributeValue: 'StartSession' }],
      maxResults: 50,
    };
  return { maxResults: random.between(1, 100), nextToken: random.text(random.between(40, 240), UPPER) };
}
