import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { callerPolicy, iamPolicy, type Policy, type PolicyOptions } from '../../src/aws/permissions.ts';
import { PERMISSIONS } from '../../src/aws/permissions-table.ts';

const GUIDE = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/aws.md'), 'utf8');

const ROLE = 'arn:aws:iam::123456789012:role/offrecord';

/** The account of the guide. */
const OPTIONS: PolicyOptions = {
  regions: ['eu-central-1', 'us-east-1'],
  roleArn: ROLE,
  lookup: true,
  trails: [{ bucket: 'corp-trail', prefix: 'AWSLogs/' }],
  transcripts: [{ bucket: 'corp-session-logs', prefix: 'ssm/' }],
};

function policyFor(change: Partial<PolicyOptions>): Policy {
  return iamPolicy({ ...OPTIONS, ...change });
}

function actionsOf({ Statement }: Policy): string[] {
  return Statement.flatMap(({ Action }) => Action).toSorted();
}

function resourcesOf(policy: Policy, action: string): readonly string[] {
  return policy.Statement.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
}

/** What stands between two markers of the guide. */
function between(name: string): string {
  const [, found] = new RegExp(`<!-- ${name} -->\\n([^]*?)<!-- /${name} -->`).exec(GUIDE) ?? [];
  assert.ok(found !== undefined, `docs/aws.md has no markers ${name}`);
  return found;
}

function asFence(policy: Policy): string {
  return `\`\`\`json policy\n${JSON.stringify(policy, null, 2)}\n\`\`\`\n`;
}

describe('docs/aws.md', () => {
  it('shows the policies as they are made', () => {
    assert.equal(between('policy'), asFence(iamPolicy(OPTIONS)));
    assert.equal(between('caller'), asFence(callerPolicy(ROLE)));
  });

  it('has a row for every permission', () => {
    const granted = (action: string) => {
      if (action === 'sts:AssumeRole') return 'the role, to whoever assumes it';
      const [first = ''] = resourcesOf(iamPolicy(OPTIONS), action);
      return first === '*' ? 'the regions' : (KINDS[first.split(':')[5]?.split('/')[0] ?? ''] ?? first);
    };
    const rows = PERMISSIONS.map(
      ({ action, without }) => `| \`${action}\` | ${granted(action)} | ${without} |\n`,
    );
    const head = '| permission | granted on | without it |\n|---|---|---|\n';
    assert.equal(between('permissions'), `${head}${rows.join('')}`);
  });
});

const KINDS: Readonly<Record<string, string>> = {
  trail: 'trails',
  document: 'the document of Session Manager’s preferences',
  cluster: 'clusters of the regions',
  'corp-trail': 'the buckets',
};

describe('iamPolicy', () => {
  it('holds every permission but the caller’s, each once', () => {
    const named = PERMISSIONS.map(({ action }) => action).filter((action) => action !== 'sts:AssumeRole');
    assert.equal(new Set(named).size, named.length);
    const policy = iamPolicy(OPTIONS);
    assert.deepEqual([...new Set(actionsOf(policy))], [...named].toSorted());
  });

  it('leaves out what is not used', () => {
    const without = (change: Partial<PolicyOptions>) => {
      const left = new Set(actionsOf(policyFor(change)));
      return actionsOf(iamPolicy(OPTIONS)).filter((action) => !left.has(action));
    };
    assert.deepEqual(without({ lookup: false }), ['cloudtrail:LookupEvents']);
    assert.deepEqual(without({ trails: [] }), ['cloudtrail:ListPublicKeys']);
    const none = without({ trails: [], transcripts: [] }).filter((action) => action.startsWith('s3:'));
    assert.equal(new Set(none).size, PERMISSIONS.filter(({ action }) => action.startsWith('s3:')).length);
  });

  it('reaches no other bucket, prefix, region or account', () => {
    const policy = policyFor({ trails: [] });
    assert.deepEqual(resourcesOf(policy, 's3:GetObject'), ['arn:aws:s3:::corp-session-logs/ssm/*']);
    assert.deepEqual(resourcesOf(policy, 's3:GetBucketVersioning'), ['arn:aws:s3:::corp-session-logs']);
    const listing = policy.Statement.find(({ Action }) => Action.includes('s3:ListBucket'));
    assert.deepEqual(listing?.Condition, { StringLike: { 's3:prefix': ['ssm/*'] } });
    assert.deepEqual(resourcesOf(policyFor({ regions: ['eu-west-1'] }), 'ssm:GetDocument'), [
      'arn:aws:ssm:eu-west-1:123456789012:document/SSM-SessionManagerRunShell',
    ]);
    for (const { Resource, Condition } of policy.Statement)
      assert.ok(!Resource.includes('*') || Condition !== undefined);
  });

  it('a whole bucket needs no condition', () => {
    const policy = policyFor({ trails: [], transcripts: [{ bucket: 'logs', prefix: '' }] });
    const listing = policy.Statement.find(({ Action }) => Action.includes('s3:ListBucket'));
    assert.equal(listing?.Condition, undefined);
    assert.deepEqual(resourcesOf(policy, 's3:GetObject'), ['arn:aws:s3:::logs/*']);
  });

  it('a place inside another, or named twice, adds nothing', () => {
    const trails = [
      { bucket: 'logs', prefix: 'a/b/' },
      { bucket: 'logs', prefix: 'a/' },
      { bucket: 'logs', prefix: 'c/' },
    ];
    const policy = policyFor({ trails, transcripts: [{ bucket: 'logs', prefix: 'c/' }] });
    assert.deepEqual(resourcesOf(policy, 's3:GetObject'), ['arn:aws:s3:::logs/a/*', 'arn:aws:s3:::logs/c/*']);
    assert.deepEqual(resourcesOf(policy, 's3:GetBucketVersioning'), ['arn:aws:s3:::logs']);
  });

  it('the partition comes from the role, or from the region', () => {
    const arnIn = (change: Partial<PolicyOptions>) =>
      resourcesOf(policyFor(change), 'cloudtrail:GetTrailStatus')[0];
    assert.equal(
      arnIn({ roleArn: 'arn:aws-cn:iam::123456789012:role/x' }),
      'arn:aws-cn:cloudtrail:*:*:trail/*',
    );
    assert.equal(
      arnIn({ roleArn: null, regions: ['us-gov-west-1'] }),
      'arn:aws-us-gov:cloudtrail:*:*:trail/*',
    );
    assert.equal(arnIn({ roleArn: null }), 'arn:aws:cloudtrail:*:*:trail/*');
    const anyAccount = resourcesOf(policyFor({ roleArn: null }), 'ecs:DescribeClusters');
    assert.equal(anyAccount[0], 'arn:aws:ecs:eu-central-1:*:cluster/*');
  });

  it('is as large as IAM takes', () => {
    // 6,144 characters of a managed policy, white space not counted.
    assert.ok(JSON.stringify(iamPolicy(OPTIONS)).length < 6144);
  });
});
