import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { cloudtrail } from '../../src/sources/cloudtrail/cloudtrail.ts';
import * as aws from '../support/cloudtrail.ts';
import { decodeText } from './support.ts';

function eventsOf(...records: readonly aws.TrailRecord[]): readonly Event[] {
  const { events, rejects } = decodeText(cloudtrail, aws.trailFile(records));
  assert.deepEqual(rejects, []);
  return events;
}

function only(record: aws.TrailRecord): Event {
  const [event, ...more] = eventsOf(record);
  assert.ok(event !== undefined && more.length === 0, `${more.length} further events`);
  return event;
}

const shape = ({ kind, path, account, target }: Event) => [kind, path, account, target];
const NODE = 'i-0abc1234def567890';
const SESSION = 'alice-0a1b2c3d4e5f67890';

test('every field of a session that the trail tells', () => {
  const caller = aws.assumedRole('AWSReservedSSO_Admin_0123', 'alice@example.com', {
    key: 'ASIAEXAMPLE',
    since: '2026-11-22T09:00:00Z',
    mfa: true,
    sourceIdentity: 'alice',
  });
  const record = aws.startSession({
    caller,
    reason: 'INC-77',
    ip: '2001:db8::7',
    more: { sharedEventID: 'shared-1' },
  });
  assert.deepEqual(only(record), {
    uid: only(record).uid,
    kind: 'access.open',
    time: Date.parse(aws.TIME),
    resolution: 1000,
    assumed: [],
    seq: 0,
    stream: 'web01/auth.log',
    program: 'cloudtrail',
    target: NODE,
    reportedHost: null,
    path: 'ssm-shell',
    account: 'AWSReservedSSO_Admin_0123/alice@example.com',
    actor: null,
    origin: { ip: '2001:db8::7', port: null },
    credential: null,
    session: { cloudSession: SESSION },
    detail: {
      cloud: {
        provider: 'aws',
        service: 'ssm',
        action: 'StartSession',
        eventId: record['eventID'],
        sharedId: 'shared-1',
        account: aws.ACCOUNT,
        region: aws.REGION,
        identity: 'AssumedRole',
        arn: `arn:aws:sts::${aws.ACCOUNT}:assumed-role/AWSReservedSSO_Admin_0123/alice@example.com`,
        usedKey: 'ASIAEXAMPLE',
        sourceIdentity: 'alice',
        sessionSince: Date.parse('2026-11-22T09:00:00Z'),
        mfa: true,
        namedByProvider: true,
        document: 'SSM-SessionManagerRunShell',
        documentClass: 'shell',
        reason: 'INC-77',
      },
    },
    ref: { source: 'web01/auth.log', record: record['eventID'] },
  });
});

test('a failed call is no access, whatever it asked for; an empty error code is none', () => {
  const error = 'AccessDenied';
  const failed = [
    aws.startSession({ error }),
    aws.sendCommand({ error }),
    aws.sendSshPublicKey({ error }),
    aws.sendSerialConsoleSshPublicKey({ error }),
    aws.openTunnel({ error }),
    aws.executeCommand({ error }),
    aws.assumeRole({ error }),
    aws.getFederationToken({ error }),
    aws.startAutomationExecution({ error }),
    aws.consoleLogin({ error }),
    aws.call('ec2', 'RunInstances', {}, {}, { error, caller: aws.root() }),
  ];
  assert.deepEqual(eventsOf(...failed), []);
  assert.equal(only(aws.startSession({ more: { errorCode: '' } })).path, 'ssm-shell');
});

test('the document of a session tells whether it is a shell, a command or a tunnel', () => {
  const cases: readonly (readonly [string | undefined, string, string])[] = [
    [undefined, 'ssm-shell', 'shell'],
    ['SSM-SessionManagerRunShell', 'ssm-shell', 'shell'],
    ['AWS-StartInteractiveCommand', 'ssm-command', 'command'],
    ['AWS-StartNonInteractiveCommand', 'ssm-command', 'command'],
    ['AWS-StartSSHSession', 'ssm-tunnel', 'tunnel'],
    ['AWS-StartPortForwardingSession', 'ssm-tunnel', 'tunnel'],
    ['AWS-StartPortForwardingSessionToRemoteHost', 'ssm-tunnel', 'tunnel'],
    ['AWS-StartPortForwardingSessionToSocket', 'ssm-tunnel', 'tunnel'],
    ['arn:aws:ssm:eu-central-1::document/AWS-StartSSHSession', 'ssm-tunnel', 'tunnel'],
    ['SSM-sudo', 'ssm-shell', 'custom'],
    ['constructor', 'ssm-shell', 'custom'],
    ['arn:aws:ssm:eu-central-1:444455556666:document/SSM-SessionManagerRunShell', 'ssm-shell', 'custom'],
    ['arn:aws:ssm:eu-central-1:444455556666:document/AWS-StartSSHSession', 'ssm-shell', 'custom'],
  ];
  for (const [document, path, documentClass] of cases) {
    const event = only(aws.startSession(document === undefined ? {} : { document }));
    assert.deepEqual([event.path, event.detail.cloud?.documentClass], [path, documentClass], document);
  }
});

test('of the parameters only where a tunnel leads to is kept', () => {
  const remote = { host: ['db.internal'], portNumber: ['5432'], localPortNumber: ['15432'] };
  const forwards = (document: string, parameters?: aws.TrailRecord) =>
    only(aws.startSession({ document, ...(parameters === undefined ? {} : { parameters }) })).detail.cloud
      ?.forwards;
  assert.deepEqual(forwards('AWS-StartPortForwardingSessionToRemoteHost', remote), {
    host: 'db.internal',
    port: 5432,
  });
  assert.deepEqual(forwards('AWS-StartPortForwardingSession', { portNumber: ['3389'] }), {
    host: null,
    port: 3389,
  });
  assert.deepEqual(forwards('AWS-StartSSHSession', { portNumber: ['2222'] }), { host: null, port: 2222 });
  assert.deepEqual(forwards('AWS-StartSSHSession'), { host: null, port: 22 });
  assert.deepEqual(forwards('AWS-StartPortForwardingSession', { portNumber: ['99999'] }), {
    host: null,
    port: null,
  });
  const parameters = { command: ['mysql -phunter2'] };
  const command = only(aws.startSession({ document: 'AWS-StartInteractiveCommand', parameters }));
  assert.equal(command.detail.cloud?.forwards, undefined);
  assert.ok(!JSON.stringify(command).includes('hunter2'));
});

test('a session on a container is on its cluster and task', () => {
  const task = '0123456789abcdef0123456789abcdef';
  const target = (written: string) => only(aws.startSession({ target: written })).target;
  assert.equal(target(`ecs:my_prod_${task}_${task}-1234567890`), `my_prod/${task}`);
  assert.equal(target('mi-0abc1234def567890'), 'mi-0abc1234def567890');
  assert.equal(target('ecs:broken'), 'ecs:broken');
});

test('resuming and ending name the session', () => {
  const [resumed, ended] = eventsOf(aws.resumeSession(), aws.terminateSession());
  assert.deepEqual(
    [resumed, ended].map((event) => event && shape(event)),
    [
      ['access.use', null, 'alice', null],
      ['access.close', null, 'alice', null],
    ],
  );
  assert.equal(ended?.session.cloudSession, SESSION);
  assert.deepEqual(eventsOf(aws.terminateSession({ error: 'DoesNotExistException' })), []);
});

test('a command is an access to each instance, with its own output', () => {
  const events = eventsOf(aws.sendCommand({ commandId: 'c-1', instances: ['i-1', 'i-2', 'i-1'] }));
  assert.deepEqual(
    events.map(({ path, target, session }) => [path, target, session.cloudSession]),
    [
      ['ssm-command', 'i-1', 'c-1/i-1'],
      ['ssm-command', 'i-2', 'c-1/i-2'],
    ],
  );
  assert.equal(new Set(events.map(({ uid }) => uid)).size, 2);
  assert.ok(events.every(({ detail }) => detail.cloud?.document === 'AWS-RunShellScript'));
});

test('a command to tags is one access to the account; tags that are ids are instances', () => {
  const byTag = only(aws.sendCommand({ commandId: 'c-2', targets: [{ key: 'tag:Name', values: ['web'] }] }));
  assert.deepEqual([byTag.target, byTag.session.cloudSession], [aws.ACCOUNT, 'c-2']);
  const byId = eventsOf(aws.sendCommand({ targets: [{ key: 'InstanceIds', values: ['i-1', 'i-2'] }] }));
  assert.deepEqual(
    byId.map(({ target }) => target),
    ['i-1', 'i-2'],
  );
});

test('whether the output of a command is stored', () => {
  const output = (options: aws.CommandCall) => only(aws.sendCommand(options)).detail.cloud?.output;
  assert.equal(output({}), 'none');
  assert.equal(output({ bucket: 'logs' }), 'stored');
  assert.equal(output({ logs: true }), 'stored');
  assert.equal(output({ more: { responseElements: null } }), undefined);
});

test('automation that a person starts, and none that a service does', () => {
  assert.deepEqual(shape(only(aws.startAutomationExecution())), [
    'access.open',
    'ssm-command',
    'alice',
    aws.ACCOUNT,
  ]);
  const role = aws.assumedRole('automation', 'run', { invokedBy: 'ssm.amazonaws.com' });
  const byService = [
    aws.startAutomationExecution({ caller: role }),
    aws.startAutomationExecution({ ip: 'config.amazonaws.com' }),
    aws.startAutomationExecution({ caller: aws.awsService('events.amazonaws.com') }),
  ];
  assert.deepEqual(eventsOf(...byService), []);
});

test('a pushed key is issued to the user on the instance for a minute; its fingerprint is that of sshd', () => {
  const event = only(aws.sendSshPublicKey({ user: 'ubuntu' }));
  assert.deepEqual(shape(event), ['credential.issue', 'ec2-connect', 'ubuntu', NODE]);
  assert.deepEqual([event.actor, event.credential], ['alice', { type: 'publickey', id: aws.FINGERPRINT }]);
  assert.equal(event.detail.cloud?.expires, Date.parse(aws.TIME) + 60_000);
  const broken = only(aws.sendSshPublicKey({ publicKey: 'not a key' }));
  assert.deepEqual(broken.credential, { type: 'publickey', id: null });
});

test('the serial console is entered with the key that is pushed', () => {
  const event = only(aws.sendSerialConsoleSshPublicKey());
  assert.deepEqual(shape(event), ['access.open', 'serial-console', 'alice', NODE]);
  assert.equal(event.credential?.id, aws.FINGERPRINT);
});

test('a tunnel through an endpoint leads to an address and port', () => {
  const event = only(aws.openTunnel({ port: '3389' }));
  assert.deepEqual(shape(event), ['access.open', 'ec2-connect', 'alice', '10.0.1.5']);
  assert.deepEqual(event.detail.cloud?.forwards, { host: '10.0.1.5', port: 3389 });
});

test('a command in a container is on the cluster and task by their names; a dry run is none', () => {
  const event = only(aws.executeCommand({ command: 'env | grep hunter2' }));
  assert.deepEqual(shape(event), [
    'access.open',
    'ecs-exec',
    'alice',
    'prod/0123456789abcdef0123456789abcdef',
  ]);
  assert.equal(event.session.cloudSession, 'ecs-execute-command-0a1b2c3d4e5f67890');
  assert.ok(!JSON.stringify(event).includes('hunter2'));
  const arns = { cluster: 'arn:aws:ecs:eu-central-1:111122223333:cluster/blue', task: 'abc' };
  const more = { requestParameters: arns, responseElements: { session: { sessionId: 's-1' } } };
  assert.equal(only(aws.executeCommand({ more })).target, 'blue/abc');
  assert.deepEqual(eventsOf(aws.executeCommand({ dryrun: true })), []);
  assert.equal(only(aws.executeCommand({ dryrun: false })).path, 'ecs-exec');
});

test('a remote desktop through Fleet Manager', () => {
  const connect = (Protocol: string) =>
    aws.call('ssm-guiconnect', 'StartConnection', { Protocol, InstanceId: NODE }, { ConnectionArn: 'arn:x' });
  assert.deepEqual(shape(only(connect('RDP'))), ['access.open', 'rdp', 'alice', NODE]);
  assert.deepEqual(eventsOf(connect('')), []);
});

test('a sign-in counts where the response says so', () => {
  const event = only(aws.consoleLogin());
  assert.deepEqual(shape(event), ['access.open', 'console', 'alice', aws.ACCOUNT]);
  assert.deepEqual(eventsOf(aws.consoleLogin({ result: 'Failure' })), []);
  assert.deepEqual(eventsOf(aws.consoleLogin({ more: { responseElements: null } })), []);
  const checked = aws.call('signin', 'CheckMfa', null, { CheckMfa: 'Success' });
  assert.deepEqual(eventsOf(checked), []);
});

test('the second factor is told in whatever case', () => {
  const mfa = (written: string) => only(aws.consoleLogin({ mfa: written })).detail.cloud?.mfa;
  assert.deepEqual(['Yes', 'YES', 'No', '?'].map(mfa), [true, true, false, undefined]);
});

test('a change of role is an access as the role, by whoever changed', () => {
  const into = only(aws.switchRole());
  assert.deepEqual(
    [...shape(into), into.actor],
    ['access.open', 'console', 'admin/alice', aws.ACCOUNT, 'alice'],
  );
  const from = only(
    aws.switchRole({
      caller: aws.iamUser('bob'),
      more: { additionalEventData: { SwitchTo: 'arn:aws:iam::444455556666:role/admin' } },
    }),
  );
  assert.deepEqual([from.account, from.actor], ['admin/bob', 'bob']);
  assert.deepEqual(eventsOf(aws.switchRole({ more: { responseElements: { SwitchRole: 'Failure' } } })), []);
});

test('an assumed role is a key and an access to the account of the role', () => {
  const record = aws.assumeRole({
    roleAccount: '444455556666',
    key: 'ASIAISSUED',
    sourceIdentity: 'alice@example.com',
  });
  const [issued, opened, ...more] = eventsOf(record);
  assert.ok(issued !== undefined && opened !== undefined && more.length === 0);
  assert.deepEqual(shape(issued), ['credential.issue', 'api-role', 'admin/alice', '444455556666']);
  assert.deepEqual({ ...issued, kind: 'access.open', uid: opened.uid }, opened);
  assert.notEqual(issued.uid, opened.uid);
  const { issuedKey, expires, sourceIdentity, namedByProvider } = issued.detail.cloud ?? {};
  assert.deepEqual(
    [issued.actor, issuedKey, expires, sourceIdentity, namedByProvider],
    ['alice', 'ASIAISSUED', Date.parse('2026-11-22T11:00:00Z'), 'alice@example.com', false],
  );
});

test('an assumed role of which the response tells nothing is that of the request', () => {
  const more = { responseElements: null };
  const [, opened] = eventsOf(aws.assumeRole({ roleAccount: '444455556666', session: 'x', more }));
  assert.deepEqual(opened && shape(opened), ['access.open', 'api-role', 'admin/x', '444455556666']);
});

test('when a key expires, however it is written', () => {
  const expires = (expiration: string) => eventsOf(aws.assumeRole({ expiration }))[0]?.detail.cloud?.expires;
  const afternoon = Date.parse('2026-11-22T16:39:05Z');
  assert.equal(expires('Nov 22, 2026, 4:39:05 PM'), afternoon);
  assert.equal(expires('Nov 22, 2026, 4:39:05\u202fPM'), afternoon);
  assert.equal(expires('2026-11-22T16:39:05Z'), afternoon);
  assert.equal(expires('Nov 23, 2026, 12:00:00 AM'), Date.parse('2026-11-23T00:00:00Z'));
  // What cannot be read is replaced by what was asked for: an hour.
  assert.equal(expires('tomorrow'), Date.parse('2026-11-22T11:00:00Z'));
});

test('roles that machines assume are keys and no accesses', () => {
  const machine = [
    aws.assumeRole({ caller: aws.awsService('ec2.amazonaws.com'), ip: 'ec2.amazonaws.com', session: NODE }),
    aws.assumeRole({ caller: aws.assumedRole('app', 'x', { invokedBy: 'athena.amazonaws.com' }) }),
    aws.assumeRole({ ip: 'cloudformation.amazonaws.com' }),
    aws.assumeRole({ caller: aws.assumedRole('web', NODE) }),
  ];
  for (const record of machine) assert.equal(only(record).kind, 'credential.issue');
  const delivered = aws.assumedRole('web', 'renamed');
  const context = { ...(delivered['sessionContext'] as aws.TrailRecord), ec2RoleDelivery: '2.0' };
  assert.equal(
    only(aws.assumeRole({ caller: { ...delivered, sessionContext: context } })).kind,
    'credential.issue',
  );
});

test('who only calls the new session like an instance is no machine', () => {
  const kinds = eventsOf(aws.assumeRole({ session: NODE })).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['credential.issue', 'access.open']);
  const alike = aws.assumeRole({ caller: aws.assumedRole('web', 'i-am-alice') });
  assert.equal(eventsOf(alike).length, 2);
});

test('roles by identity providers are named by these; a person behind a service address is a person', () => {
  const records = [
    aws.assumeRoleWithSaml({ session: 'alice@example.com', ip: 'sso.amazonaws.com' }),
    // Whoever shows a web identity's token chooses the name of the session.
    aws.assumeRoleWithWebIdentity({ session: 'deploy' }),
  ];
  const byProvider = records.map((record) => {
    const [, opened] = eventsOf(record);
    assert.equal(opened?.kind, 'access.open');
    return opened.detail.cloud?.namedByProvider;
  });
  assert.deepEqual(byProvider, [true, false]);
  const [, saml] = eventsOf(records[0] ?? {});
  assert.deepEqual([saml?.account, saml?.actor], ['admin/alice@example.com', 'alice@example.com']);
  // A session that came by a web identity says so itself, and its name is a choice all the same.
  const web = aws.assumedRole('deploy', 'run-17');
  const context = {
    ...(web['sessionContext'] as aws.TrailRecord),
    webIdFederationData: { federatedProvider: 'x' },
  };
  const named = (caller: aws.TrailRecord) => only(aws.startSession({ caller })).detail.cloud?.namedByProvider;
  assert.equal(named({ ...web, sessionContext: context }), undefined);
  assert.equal(named({ ...web, sessionContext: { ...context, webIdFederationData: {} } }), undefined);
  // From a role that a provider named into one whose session name the caller chose.
  const caller = aws.assumedRole('AWSReservedSSO_Admin_0123', 'alice');
  assert.equal(eventsOf(aws.assumeRole({ caller, session: 'bob' }))[1]?.detail.cloud?.namedByProvider, false);
});

test('the root user of a member account, as the management account becomes it', () => {
  const request = { targetPrincipal: '444455556666', durationSeconds: 900 };
  const response = { credentials: { accessKeyId: 'ASIAROOT' } };
  const [issued, opened] = eventsOf(aws.call('sts', 'AssumeRoot', request, response));
  assert.deepEqual(opened && [...shape(opened), opened.actor], [
    'access.open',
    'api-role',
    'root',
    '444455556666',
    'alice',
  ]);
  assert.deepEqual([issued?.kind, issued?.detail.cloud?.issuedKey], ['credential.issue', 'ASIAROOT']);
  assert.deepEqual(eventsOf(aws.call('sts', 'AssumeRoot', request, null, { error: 'AccessDenied' })), []);
});

test('a federation token is an access as the federated user, a session token only a key', () => {
  const [issued, opened] = eventsOf(aws.getFederationToken({ name: 'bob' }));
  assert.deepEqual(
    [issued?.kind, opened?.kind, opened?.account, opened?.target],
    ['credential.issue', 'access.open', 'bob', aws.ACCOUNT],
  );
  const token = only(aws.getSessionToken());
  assert.deepEqual(shape(token), ['credential.issue', 'api-role', 'alice', aws.ACCOUNT]);
  assert.equal(token.detail.cloud?.issuedKey, aws.keyId('ASIA', 'session-token'));
});

test('the root user is seen at whatever it does, a service on its behalf is not', () => {
  const listed = (caller: aws.TrailRecord) => aws.call('s3', 'ListBuckets', null, null, { caller });
  const event = only(listed(aws.root({ since: '2026-11-22T09:59:00Z' })));
  assert.deepEqual(shape(event), ['access.use', 'api-role', 'root', aws.ACCOUNT]);
  assert.equal(event.detail.cloud?.sessionSince, Date.parse('2026-11-22T09:59:00Z'));
  assert.deepEqual(eventsOf(listed(aws.root({ invokedBy: 'autoscaling.amazonaws.com' }))), []);
  assert.deepEqual(eventsOf(listed(aws.iamUser('root'))), []);
  const asked = aws.call('signin', 'PasswordRecoveryRequested', null, null, { caller: aws.root() });
  assert.deepEqual(eventsOf(asked), []);
  assert.equal(only(aws.consoleLogin({ caller: aws.root() })).kind, 'access.open');
});

test('callers have a name, whoever they are', () => {
  const name = (caller: aws.TrailRecord) => only(aws.startSession({ caller })).account;
  assert.equal(name(aws.samlUser('bob@example.com')), 'bob@example.com');
  assert.equal(name({ type: 'FederatedUser', principalId: '111122223333:bob' }), 'bob');
  assert.equal(name({ type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/odd' }), 'odd');
  assert.equal(name({ type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } }), 'u-1');
  assert.equal(name({ type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '4' }), 'AIDAEXAMPLE');
  assert.equal(name({ invokedBy: 'backup.amazonaws.com' }), 'backup.amazonaws.com');
  assert.equal(name({}), 'Unknown');
});

test('an address is an address; a service or AWS itself has none', () => {
  const origin = (ip: string) => only(aws.startSession({ ip })).origin;
  assert.deepEqual(origin('203.0.113.7'), { ip: '203.0.113.7', port: null });
  for (const ip of ['ssm.amazonaws.com', 'AWS Internal', '300.1.1.1']) assert.equal(origin(ip), null);
});

test('network activity repeats a call under the same names and is no access', () => {
  for (const more of [{ eventCategory: 'NetworkActivity' }, { eventType: 'AwsVpceEvent' }]) {
    assert.deepEqual(eventsOf(aws.startSession({ more })), []);
  }
});
