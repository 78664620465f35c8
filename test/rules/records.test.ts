import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JudgedAccess } from '../../src/model/access.ts';
import type { Exception } from '../../src/model/exception.ts';
import type { Recording } from '../../src/model/recording.ts';
import type { SourceReport } from '../../src/model/source-report.ts';
import { fieldProblem, type RuleRecord } from '../../src/rules/record.ts';
import { type AccessFacts, toAccessRecord } from '../../src/rules/records/access.ts';
import { toExceptionProblemRecord, toExceptionRecord } from '../../src/rules/records/exception.ts';
import { toRecorderRecord } from '../../src/rules/records/recorder.ts';
import { toRecordingRecord } from '../../src/rules/records/recording.ts';
import { toRunRecord } from '../../src/rules/records/run.ts';
import { toSourceRecord } from '../../src/rules/records/source.ts';
import * as access from '../../src/rules/records/access.ts';
import { EXCEPTION_FIELDS } from '../../src/rules/records/exception.ts';
import { RECORDER_FIELDS } from '../../src/rules/records/recorder.ts';
import { RECORDING_FIELDS } from '../../src/rules/records/recording.ts';
import { RUN_FIELDS } from '../../src/rules/records/run.ts';
import { SOURCE_FIELDS } from '../../src/rules/records/source.ts';

const OPENED = Date.UTC(2026, 10, 22, 11, 20, 40, 617);
const EXCEPTION = { id: 'EXC-1', kind: 'break-glass', file: 'e.yaml', expires: OPENED };

const ACCESS: JudgedAccess = {
  uid: 'acc_1',
  path: 'ssh-shell',
  account: 'root',
  accountUid: 0,
  actor: 'alice',
  target: 'web01',
  origin: { ip: '10.99.0.10', port: 46006 },
  credential: { type: 'certificate', id: 'SHA256:x', keyId: 'alice@example', serial: '7' },
  opened: OPENED,
  closed: OPENED + 2000,
  closedBy: 'record',
  resolution: 1,
  assumed: ['zone'],
  channelsShown: true,
  connection: 'c1',
  session: { pid: 23116 },
  forcedCommand: '/usr/bin/backup',
  ioLog: null,
  command: null,
  via: 'acc_0',
  parents: [],
  streams: ['web01/auth.log'],
  cloud: {
    provider: 'aws',
    account: '111122223333',
    region: 'eu-central-1',
    identity: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/admin/alice',
    action: 'StartSession',
    document: 'Team-Shell',
    documentClass: 'custom',
    reason: 'INC-77',
    mfa: true,
    tunnel: false,
    forwards: null,
    output: null,
    brokered: null,
    chain: ['alice', 'admin'],
    names: ['alice'],
  },
  withoutAccepted: false,
  refs: [],
  principal: { id: 'alice', kind: 'human' },
  targetKind: 'host',
  tier: 'production',
  privileged: true,
  breakGlass: false,
  verdict: 'excepted',
  reasons: [{ code: 'no-recording', detail: 'none fits' }],
  recordings: [{ uid: 'rec_1', join: 'exact', covers: 1, endProven: true, why: 'audit session' }],
  nearMisses: [],
  exception: EXCEPTION,
  acceptedAfterwards: EXCEPTION,
  evidence: { required: 'E3', found: 'E0' },
};

const FACTS: AccessFacts = {
  breakGlassDeclared: { principal: false, account: true, credential: false },
  unregistered: { principal: false, target: true },
  carries: { uid: 'acc_2', verdict: 'recorded' },
};

const RECORDING: Recording = {
  uid: 'rec_1',
  recorder: 'tlog',
  state: 'incomplete',
  endProven: false,
  hasEndMarker: false,
  problems: [{ code: 'recording-owner-writable', detail: 'mode 0664' }],
  opened: OPENED,
  closed: null,
  resolution: 1,
  durationMs: null,
  bytes: 100,
  events: 3,
  sha256: null,
  evidence: 'E3',
  covers: 'session',
  launch: 'session',
  target: 'web01',
  reportedHost: null,
  account: 'root',
  actor: null,
  origin: null,
  terminal: true,
  command: null,
  ids: {},
  owner: null,
  ref: { source: 'tlog', record: '1' },
};

const SOURCE: SourceReport = {
  id: 'web01/auth.log',
  type: 'syslog',
  files: ['auth.log'],
  hosts: ['web01'],
  first: OPENED,
  last: OPENED,
  records: 8,
  events: 6,
  rejected: 2,
  rejects: [],
  heldBack: 5,
  lost: 1,
  logLevel: 'verbose',
  assumed: [],
  zone: null,
  error: 'permission denied',
};

const SOURCE_FACTS = {
  host: 'web01',
  silentMs: 1,
  behind: true,
  parserBlind: false,
  sessionsWithoutAccepted: 2,
  endsWithoutStarts: 3,
  skewMs: -4,
  skewPairs: 5,
  timeAssumedMatters: true,
  gap: false,
};

const RECORDER = {
  id: 'tlog@web01',
  type: 'tlog',
  serves: 'hosts' as const,
  hosts: ['web01'],
  units: 3,
  recordings: 4,
  errors: ['permission denied', 'not found'],
  blindHosts: ['web01'],
  watermark: OPENED,
} as const;

function pathsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsIn(inner, path === '' ? name : `${path}.${name}`),
  );
}

function holdsExactly(record: RuleRecord, fields: readonly string[]): void {
  assert.deepEqual([...new Set(pathsIn(record, ''))].sort(), [...new Set(fields)].sort());
}

test('every builder fills exactly the fields that rules may name', () => {
  holdsExactly(toAccessRecord(ACCESS, FACTS), [...access.ACCESS_FIELDS, ...access.VERDICT_FIELDS]);
  holdsExactly(toRecordingRecord(RECORDING, { matched: true, orphan: false, lateMs: 7 }), RECORDING_FIELDS);
  holdsExactly(toSourceRecord(SOURCE, SOURCE_FACTS), SOURCE_FIELDS);
  holdsExactly(
    toRecorderRecord(RECORDER, { accesses: 9, producedNothing: false, skewMs: 1, skewPairs: 3 }),
    RECORDER_FIELDS,
  );
  holdsExactly(
    toExceptionProblemRecord({
      check: 'exception-invalid',
      id: null,
      place: 'e.yaml:1:1',
      message: 'broken',
    }),
    EXCEPTION_FIELDS,
  );
  holdsExactly(toRunRecord('run-gap', 'no pass'), RUN_FIELDS);
});

test('an access keeps what happened, in the words of rules', () => {
  const record = toAccessRecord(ACCESS, FACTS);
  assert.deepEqual(
    {
      opened: record.opened,
      open: record.open,
      credential: record.credential,
      exception: record.exception,
      via: record.via,
      assumed: record.time_assumed,
      target: record.target,
      cloud: record.cloud,
    },
    {
      opened: '2026-11-22T11:20:40.617Z',
      open: false,
      credential: { type: 'certificate', id: 'SHA256:x', key_id: 'alice@example', serial: '7' },
      exception: { id: 'EXC-1' },
      via: { uid: 'acc_0', carries_recorded: true },
      assumed: true,
      target: { id: 'web01', kind: 'host', tier: 'production' },
      cloud: {
        document: 'Team-Shell',
        document_class: 'custom',
        region: 'eu-central-1',
        account: '111122223333',
        identity: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/admin/alice',
        mfa: true,
        reason: 'INC-77',
        tunnel: false,
        output: null,
      },
    },
  );
  const bare = toAccessRecord(
    {
      ...ACCESS,
      closed: null,
      via: null,
      exception: null,
      credential: null,
      origin: null,
      assumed: [],
      cloud: null,
    },
    { ...FACTS, carries: null },
  );
  assert.deepEqual(
    [
      bare.open,
      bare.closed,
      bare.via,
      bare.exception,
      bare.credential,
      bare.origin,
      bare.time_assumed,
      bare.cloud,
    ],
    [true, null, null, null, null, null, false, null],
  );
  const unrecorded = toAccessRecord({ ...ACCESS, verdict: 'unrecorded' }, FACTS);
  assert.equal(unrecorded.via?.carries_recorded, false);
});

test('the other records keep what they were given', () => {
  const recording = toRecordingRecord(RECORDING, { matched: false, orphan: true, lateMs: null });
  assert.deepEqual([recording.owner_writable, recording.orphan, recording.late_ms], [true, true, null]);
  assert.equal(toRecordingRecord({ ...RECORDING, problems: [] }, recordingFacts).owner_writable, false);
  const source = toSourceRecord(SOURCE, SOURCE_FACTS);
  assert.deepEqual([source.reject_ratio, source.held_back, source.error], [0.25, 5, 'permission denied']);
  assert.equal(toSourceRecord({ ...SOURCE, records: 0, rejected: 0 }, SOURCE_FACTS).reject_ratio, 0);
  const facts = { accesses: 9, producedNothing: true, skewMs: null, skewPairs: 0 };
  const recorder = toRecorderRecord(RECORDER, facts);
  assert.deepEqual(
    [recorder.readable, recorder.error, recorder.produced_nothing],
    [false, 'permission denied', true],
  );
  assert.deepEqual(toRecorderRecord({ ...RECORDER, errors: [] }, facts).readable, true);
  const exception = toExceptionRecord({ id: 'EXC-1', place: 'e.yaml:1:1' } as Exception, {
    expired: true,
    expiringInMs: 5,
    unused: true,
    orphan: false,
  });
  assert.deepEqual([exception.problem, exception.expired, exception.expiring_in_ms], [null, true, 5]);
});

const recordingFacts = { matched: true, orphan: false, lateMs: null };

test('a path may also name what holds fields, and nothing else', () => {
  assert.equal(fieldProblem('access', false, 'exception'), null);
  assert.equal(fieldProblem('access', false, 'exception.id'), null);
  assert.match(fieldProblem('access', false, 'exception.kind') ?? '', /no field `exception.kind`/);
  assert.match(fieldProblem('run', false, 'verdict') ?? '', /run records have no field `verdict`/);
  assert.equal(fieldProblem('access', true, 'via.uid'), null);
  assert.equal(fieldProblem('access', true, 'via'), null);
  assert.match(fieldProblem('access', true, 'via.carries_recorded') ?? '', /before the verdict/);
});
