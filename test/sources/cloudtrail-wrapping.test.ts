import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { cloudtrail } from '../../src/sources/cloudtrail/cloudtrail.ts';
import { recogniseFormat } from '../../src/sources/registry.ts';
import * as aws from '../support/cloudtrail.ts';
import { CONTEXT, decodeAll, decodeText } from './support.ts';

const session = aws.startSession();
const role = aws.assumeRole();

const uids = (text: string): readonly string[] => {
  const { events, rejects } = decodeText(cloudtrail, text);
  assert.deepEqual(rejects, [], text.slice(0, 80));
  return events.map(({ uid }) => uid);
};

/** The same two records, in everything that records come wrapped in. */
const WRAPPED: Readonly<Record<string, string>> = {
  'a trail file': aws.trailFile([session, role]),
  'an array': JSON.stringify([session, role]),
  'one after another': `${JSON.stringify(session)}${JSON.stringify(role, null, 2)}`,
  'a line each': `${JSON.stringify(session)}\n${JSON.stringify(role)}\n`,
  LookupEvents: JSON.stringify({ Events: [session, role].map(aws.lookupEvent), NextToken: 'x' }),
  'elements of LookupEvents': [session, role].map((one) => JSON.stringify(aws.lookupEvent(one))).join('\n'),
  EventBridge: [session, role].map((one) => JSON.stringify(aws.eventBridgeEvent(one))).join('\n'),
  'EventBridge, as its file': JSON.stringify([session, role].map(aws.eventBridgeEvent)),
  'CloudWatch Logs': JSON.stringify(aws.logsMessage([session, role])),
  'messages of CloudWatch Logs': JSON.stringify(aws.logsMessage([session, role])['logEvents']),
  'a case of a test': JSON.stringify([{ data: { Records: [session, role] }, description: 'x' }]),
  'a sample of a manual': [session, role].map((event) => JSON.stringify({ doc: 'x.md', event })).join('\n'),
  'an array of files': JSON.stringify([{ Records: [session] }, { Records: [role] }]),
};

test('a record is the same event whatever it comes wrapped in', () => {
  const expected = uids(JSON.stringify([session, role]));
  assert.equal(expected.length, 3);
  for (const [name, text] of Object.entries(WRAPPED)) assert.deepEqual(uids(text), expected, name);
});

test('every wrapping is recognised', () => {
  for (const [name, text] of Object.entries(WRAPPED)) {
    const found = recogniseFormat(Buffer.from(text));
    assert.deepEqual([found?.format.type, found?.score], ['cloudtrail', 1], name);
  }
});

test('a first record longer than what is looked at is recognised by its keys', () => {
  const long = { ...session, requestParameters: { userData: 'x'.repeat(100_000) } };
  for (const text of [aws.trailFile([long]), JSON.stringify({ Events: [aws.lookupEvent(long)] })]) {
    assert.equal(cloudtrail.recognise(Buffer.from(text).subarray(0, 65_536)), 1);
  }
  const other = JSON.stringify({ ...long, eventVersion: undefined });
  assert.equal(cloudtrail.recognise(Buffer.from(other).subarray(0, 65_536)), 0);
  const journal = JSON.stringify({ __REALTIME_TIMESTAMP: '1', MESSAGE: JSON.stringify(long) });
  assert.equal(cloudtrail.recognise(Buffer.from(journal).subarray(0, 65_536)), 0);
});

test('other JSON is not taken', () => {
  const digest = { awsAccountId: aws.ACCOUNT, digestS3Object: 'AWSLogs/x', logFiles: [{ s3Object: 'x' }] };
  const notification = {
    Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }],
  };
  const { eventVersion: _none, ...bare } = session;
  const others = [
    digest,
    notification,
    bare,
    { Records: [] },
    { MESSAGE: JSON.stringify(session), __REALTIME_TIMESTAMP: '1' },
    { accept: { submituser: 'alice', message: 'x' } },
    { eventVersion: '1.0', eventTime: 'x', sessionId: 's', sessionData: ['x'] },
    { version: 2, width: 80, height: 24 },
  ];
  for (const other of others) assert.equal(cloudtrail.recognise(Buffer.from(JSON.stringify(other))), 0);
  const folder = new URL('../fixtures/sources/', import.meta.url);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith('cloudtrail')) continue;
    const head = readFileSync(`${entry.parentPath}/${entry.name}`).subarray(0, 65_536);
    assert.equal(cloudtrail.recognise(head), 0, entry.name);
  }
});

test('what is known to be no record gives nothing', () => {
  const insight = {
    eventVersion: '1.07',
    eventTime: aws.TIME,
    eventType: 'AwsCloudTrailInsight',
    insightDetails: { eventSource: 'ssm.amazonaws.com', eventName: 'StartSession' },
  };
  const control = {
    messageType: 'CONTROL_MESSAGE',
    logEvents: [{ id: '1', timestamp: 1, message: 'CWL CONTROL MESSAGE: Checking health of destination.' }],
  };
  const finding = {
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    time: aws.TIME,
    detail: { x: 1 },
  };
  const notification = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', eventTime: aws.TIME };
  const wrapped = { data: { ...control, logEvents: [{ message: 'Checking health of destination.' }] } };
  for (const other of [
    insight,
    control,
    wrapped,
    finding,
    notification,
    { digestS3Object: 'x', logFiles: [] },
  ]) {
    const { events, rejects, screen, records } = decodeText(cloudtrail, JSON.stringify(other));
    assert.deepEqual([events, rejects, screen], [[], [], []]);
    assert.equal(records, 1);
  }
});

test('what is no record of a trail is told with the reason', () => {
  const { eventTime: _none, ...timeless } = session;
  const cases: readonly (readonly [string, string])[] = [
    [JSON.stringify(timeless), 'no-time'],
    [JSON.stringify({ ...session, eventTime: 'yesterday' }), 'bad-time'],
    [JSON.stringify({ ...session, eventTime: 17 }), 'no-time'],
    ['{"a":1}', 'unknown-shape'],
    ['[12]', 'unknown-shape'],
    ['{"message":"a line of another log"}', 'bad-json'],
    [JSON.stringify({ CloudTrailEvent: JSON.stringify(session).slice(0, 99) }), 'cut-off'],
    [`{"data":`.repeat(20) + JSON.stringify(session) + '}'.repeat(20), 'unknown-shape'],
    ['{"a" 1}', 'bad-json'],
    ['"\0"', 'not-text'],
  ];
  for (const [text, code] of cases) {
    const { events, rejects } = decodeText(cloudtrail, text);
    assert.deepEqual(events, []);
    assert.deepEqual(
      rejects.map((reject) => reject.code),
      [code],
      text.slice(0, 60),
    );
  }
});

test('wherever a trail file is cut off, that is told', () => {
  const file = aws.trailFile([session, role]);
  // Behind the first record alone, behind its comma, within the second, behind it, behind the array.
  const first = JSON.stringify(session).length + '{"Records":['.length;
  for (const length of [11, first, first + 1, first + 300, file.length - 2, file.length - 1]) {
    const { rejects } = decodeText(cloudtrail, file.slice(0, length));
    assert.deepEqual(
      rejects.map(({ code }) => code),
      ['cut-off'],
      String(length),
    );
  }
  assert.deepEqual(decodeText(cloudtrail, file).rejects, []);
});

test('records without an id, or with a placeholder, are told apart by their place', () => {
  for (const id of ['', '...']) {
    const record = aws.startSession({ more: { eventID: id }, id });
    const { events } = decodeText(cloudtrail, aws.trailFile([record, record]));
    assert.equal(new Set(events.map(({ uid }) => uid)).size, 2);
    assert.equal(events[0]?.ref.record, '1');
  }
  const bare = aws.startSession({ id: '' });
  const inner = decodeText(cloudtrail, JSON.stringify({ data: { Records: [bare, bare] } }));
  assert.equal(inner.records, 1);
  assert.equal(new Set(inner.events.map(({ uid }) => uid)).size, 2);
  const [same, again] = uids(aws.trailFile([session, session]));
  assert.equal(same, again);
});

test('an updated record is the event that it updates', () => {
  const updated = aws.startSession({
    id: '11111111-2222-4333-8444-555555555555',
    more: { addendum: { reason: 'UPDATED_DATA', originalEventID: session['eventID'] } },
  });
  assert.deepEqual(uids(aws.trailFile([updated])), uids(aws.trailFile([session])));
  const late = aws.startSession({
    id: '11111111-2222-4333-8444-555555555555',
    more: { addendum: { reason: 'DELIVERY_DELAY' } },
  });
  assert.notDeepEqual(uids(aws.trailFile([late])), uids(aws.trailFile([session])));
});

test('files of one account and region make a stream, also where only the name is left', () => {
  const key = aws.trailKey({ org: 'o-abc123' });
  assert.equal(cloudtrail.streamOf?.(key), `${aws.ACCOUNT}/${aws.REGION}`);
  assert.equal(
    cloudtrail.streamOf?.(`prefix/${aws.trailKey({ region: 'us-gov-west-1' })}`),
    `${aws.ACCOUNT}/us-gov-west-1`,
  );
  const base = key.slice(key.lastIndexOf('/') + 1);
  assert.equal(cloudtrail.streamOf?.(base), `${aws.ACCOUNT}/${aws.REGION}`);
  assert.equal(cloudtrail.streamOf?.(base.replace('.gz', '')), `${aws.ACCOUNT}/${aws.REGION}`);
  for (const other of [
    base.replace('_CloudTrail_', '_CloudTrail-Digest_'),
    base.replace('_CloudTrail_', '_CloudTrail-Insight_'),
    base.replace(aws.ACCOUNT, '1234'),
    'trail.json',
    '',
  ])
    assert.equal(cloudtrail.streamOf?.(other), null, other);
});

const place = { content: 'c', offset: 0, line: 1, seq: 0, file: 'f' };

/** Every value in a record, replaced in turn, makes the decoder look at what it does not expect. */
const mutated = fc
  .tuple(
    fc.constantFrom(
      session,
      role,
      aws.sendCommand(),
      aws.sendSshPublicKey(),
      aws.executeCommand(),
      aws.openTunnel(),
      aws.consoleLogin(),
      aws.updateDocument(),
      aws.putEventSelectors(),
      aws.updateCluster(),
      aws.putBucketVersioning(),
    ),
    fc.nat(60),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, '', 'ROOT', [], {}, [null], { a: [{}] })),
  )
  .map(([record, at, value]) => {
    let seen = 0;
    return JSON.stringify(record, (_key, inner: unknown) => (seen++ === at ? value : inner));
  });

test('records with any value exchanged, and any JSON, are read or rejected, never thrown at', () => {
  const decoder = cloudtrail.create(CONTEXT);
  fc.assert(
    fc.property(fc.oneof(mutated, fc.json({ maxDepth: 4 })), (text) => {
      const parsed = decoder.decode(Buffer.from(text), place);
      assert.ok(parsed.events.every((event) => Number.isFinite(event.time) && event.account !== ''));
      assert.ok(parsed.time !== null || parsed.rejects.length > 0, 'dropped in silence');
    }),
    { numRuns: 500 },
  );
});

test('nothing of commands, tokens and keys is in any event', () => {
  const secrets = ['FwoGZXIvYXdzEXAMPLE', 'streamUrl', 'HIDDEN_DUE', 'hidden due', 'AAAAC3NzaC1', '/bin/sh'];
  const records = [session, role, aws.sendCommand(), aws.executeCommand(), aws.sendSshPublicKey()];
  const { events, screen } = decodeAll(cloudtrail, Buffer.from(aws.trailFile(records)));
  const kept = JSON.stringify([events, screen.map(({ event }) => event)]);
  for (const secret of secrets) {
    assert.ok(JSON.stringify(records).includes(secret), secret);
    assert.ok(!kept.includes(secret), secret);
  }
});
