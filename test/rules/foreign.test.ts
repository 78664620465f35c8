import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRules } from '../../src/rules/load.ts';
import { listRules, testRules } from '../../src/rules/report.ts';
import type { FindingRule } from '../../src/rules/rule.ts';
import { toScreen } from '../../src/rules/screen.ts';
import { loadOne, problemsOf } from './support.ts';

/** A call as CloudTrail records it. */
function call(eventName: string, changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/alice',
      accessKeyId: 'AKIAEXAMPLE',
    },
    eventTime: '2026-11-22T11:20:40Z',
    eventSource: 'iam.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.24',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: null,
    responseElements: null,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...changes,
  };
}

interface Shape {
  /** What is peculiar about how it is written. */
  readonly shape: string;
  readonly text: string;
  readonly matching: readonly object[];
  readonly silent: readonly object[];
}

const HEAD = `title: A published rule
id: 5d8b6a0e-3f0b-4f1d-9a51-0c2a9d3e7b11
status: test
author: Someone (@someone), Someone Else, 'A third'
logsource:
    product: aws
    service: cloudtrail
`;

/** Rules in the forms in which published ones are written: indentation of four, dates of both kinds, no tests. */
const SHAPES: readonly Shape[] = [
  {
    shape: 'dates with slashes, tags with underscores, a list of names',
    text: `${HEAD}description: Detects something
references:
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/
date: 2020/01/21
modified: 2022/10/9
tags:
    - attack.defense_evasion
    - attack.t1562.001
detection:
    selection_source:
        eventSource: iam.amazonaws.com
        eventName:
            - DeleteUser
            - DeleteRole
    condition: selection_source
falsepositives:
    - Valid change
level: high
`,
    matching: [call('DeleteUser'), call('deleterole')],
    silent: [call('CreateUser'), call('DeleteUser', { eventSource: 'cognito-idp.amazonaws.com' })],
  },
  {
    shape: 'a description of several lines, related rules, fields, and a filter',
    text: `${HEAD}description: |
    Detects a key that somebody makes for somebody else.
    Also shows the flow of keys.
related:
    - id: 4723218f-2048-41f6-bcb0-417f2d784f61
      type: similar
date: 2026-05-09
license: MIT
detection:
    selection:
        eventName: CreateAccessKey
    filter_main_own:
        userIdentity.arn|contains: bob
    filter_optional_errors:
        errorCode|contains:
            - AccessDenied
            - Limit
    condition: selection and not 1 of filter_main_* and not 1 of filter_optional_*
fields:
    - userIdentity.arn
    - errorCode
falsepositives:
    - Unknown
level: low
`,
    matching: [call('CreateAccessKey')],
    silent: [
      call('CreateAccessKey', { userIdentity: { arn: 'arn:aws:iam::111122223333:user/bob' } }),
      call('CreateAccessKey', { errorCode: 'LimitExceededException' }),
    ],
  },
  {
    shape: 'parameters that are compared as if they were one text',
    text: `${HEAD}description: Detects a policy
detection:
    selection:
        eventName: PutUserPolicy
        userAgent|contains: 'Some Browser'
        requestParameters|contains|all:
            - '"s3:GetObject"'
            - '"Allow"'
    condition: selection
falsepositives: None that are known
level: high
`,
    matching: [
      call('PutUserPolicy', {
        userAgent: '[Some Browser 9.5]',
        requestParameters: { userName: 'x', policyDocument: '{"Effect":"Allow","Action":["s3:GetObject"]}' },
      }),
      call('PutUserPolicy', {
        userAgent: 'Some Browser',
        requestParameters: { statement: [{ effect: 'Allow', action: 's3:GetObject' }] },
      }),
    ],
    silent: [
      call('PutUserPolicy', {
        userAgent: 'Some Browser',
        requestParameters: { policyDocument: '{"Effect":"Deny","Action":["s3:GetObject"]}' },
      }),
      call('PutUserPolicy', { userAgent: 'Some Browser' }),
    ],
  },
  {
    shape: 'beginnings of names, values in quotes, several filters',
    text: `${HEAD}description: Detects calls that write
date: 2026-05-09
detection:
    selection:
        eventName|startswith:
            - Create
            - 'Put'
        userIdentity.accessKeyId|startswith: 'AKIA'
    filter_gitops:
        userAgent|contains: terraform
    filter_service:
        userIdentity.type: Service
    condition: selection and not 1 of filter_*
level: medium
`,
    matching: [call('CreateTrail'), call('PutEventSelectors')],
    silent: [
      call('GetTrail'),
      call('CreateTrail', { userAgent: 'HashiCorp Terraform/1.9' }),
      call('CreateTrail', { userIdentity: { type: 'IAMUser', accessKeyId: 'ASIAEXAMPLE' } }),
    ],
  },
  {
    shape: 'booleans and answers as texts, two selections',
    text: `${HEAD}description: Detects a sign-in without a second factor
date: 2025-10-19
detection:
    selection_login:
        eventName: 'ConsoleLogin'
        responseElements.ConsoleLogin: 'Success'
    selection_mfa:
        - additionalEventData.MFAUsed: 'No'
        - userIdentity.sessionContext.attributes.mfaAuthenticated: 'false'
    condition: all of selection_*
level: medium
`,
    matching: [
      call('ConsoleLogin', {
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'NO' },
      }),
      call('ConsoleLogin', {
        responseElements: { ConsoleLogin: 'Success' },
        userIdentity: { sessionContext: { attributes: { mfaAuthenticated: false } } },
      }),
    ],
    silent: [
      call('ConsoleLogin', {
        responseElements: { ConsoleLogin: 'Failure' },
        additionalEventData: { MFAUsed: 'No' },
      }),
      call('ConsoleLogin', {
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'Yes' },
      }),
    ],
  },
  {
    shape: 'keywords, null, an expression, and material of the authors',
    text: `${HEAD}description: Detects a tool
taxonomy: sigma
scope:
    - server
detection:
    keywords:
        - 'trufflehog'
    selection_agent:
        userAgent|re: '^[A-Za-z]{1,20}/0\\.[0-9]+'
    no_error:
        errorCode: null
    condition: (keywords or selection_agent) and no_error
falsepositives: Tests of the security team
regression_tests_path: regression_data/rules/cloud/aws/info.yml
simulation:
    - type: atomic-red-team
      technique: T1580
level: informational
`,
    matching: [
      call('GetCallerIdentity', { userAgent: 'TruffleHog' }),
      call('ListUsers', { userAgent: 'probe/0.3' }),
    ],
    silent: [
      call('GetCallerIdentity'),
      call('GetCallerIdentity', { userAgent: 'TruffleHog', errorCode: 'AccessDenied' }),
    ],
  },
  {
    shape: 'a log source with a definition, no level, no description, a list of conditions',
    text: `title: A short rule
id: 5d8b6a0e-3f0b-4f1d-9a51-0c2a9d3e7b11
logsource:
    product: aws
    service: cloudtrail
    definition: 'Requirements: data events'
detection:
    key:
        requestParameters.attribute: 'userData'
        eventName: ModifyInstanceAttribute
    shared:
        requestParameters.createVolumePermission.add.items.group: all
    condition:
        - key
        - shared
`,
    matching: [
      call('ModifyInstanceAttribute', { requestParameters: { attribute: 'userData' } }),
      call('ModifySnapshotAttribute', {
        requestParameters: { createVolumePermission: { add: { items: [{ group: 'all' }] } } },
      }),
    ],
    silent: [
      call('ModifyInstanceAttribute', { requestParameters: { attribute: 'instanceType' } }),
      call('ModifySnapshotAttribute', {
        requestParameters: { createVolumePermission: { add: { items: [{ userId: '444455556666' }] } } },
      }),
    ],
  },
];

function loadForeign(text: string): FindingRule {
  const rule = loadOne(text);
  assert.ok(rule.kind === 'finding');
  return rule;
}

for (const { shape, text, matching, silent } of SHAPES) {
  test(`a published rule works unchanged: ${shape}`, () => {
    const rule = loadForeign(text);
    assert.deepEqual(
      [rule.product, rule.service, rule.check, rule.tests],
      ['aws', 'cloudtrail', 'foreign-rule', []],
    );
    const screen = toScreen([rule]);
    const found = (record: object): number => screen(rule, record).length;
    assert.deepEqual(
      matching.map(found),
      matching.map(() => 1),
    );
    assert.deepEqual(
      silent.map(found),
      silent.map(() => 0),
    );
  });
}

test('what such a rule leaves out is supplied; what it says is kept', () => {
  const [first, , , , , , short] = SHAPES.map(({ text }) => loadForeign(text));
  assert.ok(first !== undefined && short !== undefined);
  assert.deepEqual(
    [first.level, first.status, first.date, first.description, first.falsepositives],
    ['high', 'test', '2020-01-21', 'Detects something', ['Valid change']],
  );
  assert.deepEqual(
    [short.level, short.status, short.date, short.author, short.description],
    ['medium', 'experimental', null, null, 'A short rule'],
  );
  assert.match(short.runbook, /^Ask the person behind the caller/);
  const [match] = toScreen([first])(first, call('DeleteUser'));
  assert.deepEqual(match, {
    rule: '5d8b6a0e-3f0b-4f1d-9a51-0c2a9d3e7b11',
    summary:
      'arn:aws:iam::111122223333:user/alice called DeleteUser of iam.amazonaws.com in us-east-1, account ' +
      '111122223333, from 203.0.113.24.',
  });
  const loose = loadForeign(SHAPES[5]?.text ?? '');
  assert.deepEqual(loose.falsepositives, ['Tests of the security team']);
});

test('it may say what our own say, and then does', () => {
  const rule = loadForeign(`${SHAPES[0]?.text}check: recorder-config-changed
summary: '{eventName} by {userIdentity.arn}'
runbook: Look
tests:
  - {name: a, match: true, record: {eventName: DeleteUser, eventSource: iam.amazonaws.com}}
  - {name: b, match: false, record: {eventName: DeleteUser, anything: {goes: true}}}
`);
  assert.deepEqual([rule.check, rule.runbook], ['recorder-config-changed', 'Look']);
  assert.deepEqual(
    testRules([rule]).map(({ ok, summary }) => [ok, summary]),
    [
      [true, 'DeleteUser by ?'],
      [true, null],
    ],
  );
  assert.deepEqual(
    listRules([rule]).map(({ product, service, names }) => [product, service, names]),
    [['aws', 'cloudtrail', 'recorder-config-changed']],
  );
});

/** Changes to the first rule that cannot be honoured, and what is said of them. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'condition: selection_source',
    'condition: selection_source | count() by x > 5',
    /^r\.yaml:22:33 aggregations/,
  ],
  [
    'condition: selection_source',
    'timeframe: 10m\n    condition: selection_source',
    /`timeframe` is not part of/,
  ],
  ['eventName:', 'eventName|fuzzy:', /unknown modifier `fuzzy`/],
  ['level: high', 'level: hihg', /did you mean `high`/],
  ['level: high', 'taxonomy: ecs\nlevel: high', /`taxonomy` cannot be `ecs`/],
  ['level: high', 'severity: high', /unknown key `severity`/],
  ['level: high', 'check: recording-disable\nlevel: high', /did you mean `recording-disabled`/],
  ['level: high', 'classify: privileged', /only accesses are classified/],
  ['level: high', 'tests: []', /a case that matches and one that does not/],
  ['2020/01/21', '2020/01-21', /must be a date/],
  ['2020/01/21', '2020/02/30', /no day of the calendar/],
  ['service: cloudtrail', 'service: cloudtrial', /did you mean `cloudtrail`/],
  ['service: cloudtrail', 'category: x\n    service: cloudtrail', /unknown key `category`/],
  ['product: aws', 'product: azur', /did you mean `azure`/],
  ['id: 5d8b6a0e', 'id: 5D8B6A0E', /`id` must be a UUID/],
  ['title: A published rule\n', '', /`title` is missing/],
];

test('what cannot be honoured is refused at its place', () => {
  const text = SHAPES[0]?.text ?? '';
  assert.deepEqual(problemsOf(text), []);
  for (const [from, to, expected] of REFUSED) {
    assert.ok(text.includes(from), from);
    const problems = problemsOf(text.replace(from, to));
    assert.notEqual(problems.length, 0, to);
    for (const problem of problems) assert.match(problem, expected, to);
  }
});

test('our own records stay strict: what such a rule may leave out, ours may not', () => {
  const problems = problemsOf(
    (SHAPES[0]?.text ?? '').replace(
      'product: aws\n    service: cloudtrail',
      'product: offrecord\n    service: access',
    ),
  );
  for (const expected of [
    /either `check` or/,
    /`tests` must be/,
    /no field `eventName`/,
    /`date` must be a date/,
  ]) {
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      String(expected),
    );
  }
});

test('an own rule replaces a shipped one on these records, and switches it off', () => {
  const shipped = { file: 'rules/aws/a.yaml', text: SHAPES[0]?.text ?? '' };
  const own = { file: 'own/a.yaml', text: shipped.text.replace('level: high', 'level: low'), own: true };
  const off = {
    file: 'own/off.yaml',
    text: 'id: 5d8b6a0e-3f0b-4f1d-9a51-0c2a9d3e7b11\nenabled: false',
    own: true,
  };
  const source = { product: 'aws', service: 'cloudtrail' };
  const replaced = loadRules([shipped, own]).rules;
  assert.deepEqual(
    replaced.map((rule) => rule.kind === 'finding' && rule.level),
    ['low'],
  );
  assert.equal(toScreen(replaced)(source, call('DeleteUser')).length, 1);
  assert.equal(toScreen(loadRules([shipped, off]).rules)(source, call('DeleteUser')).length, 0);
});
