import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFramer } from '../../src/files/framing.ts';
import type { Format, RecordPlace } from '../../src/sources/format.ts';
import { FORMATS, findFormat, recogniseFormat } from '../../src/sources/registry.ts';
import { CONTEXT, decodeAll, decodeText } from './support.ts';

const SOURCES = new URL('../../src/sources/', import.meta.url);
const FIXTURES = new URL('../fixtures/sources/', import.meta.url);
const fixture = (path: string): Buffer => readFileSync(new URL(path, FIXTURES));

/** Files that each format must read without a single reject. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  auditd: ['auditd/enriched.log'],
  cloudtrail: ['cloudtrail/trail.json', 'cloudtrail/lookup-events.json', 'cloudtrail/event-bus.jsonl'],
  entra: [
    'entra/sign-ins.json',
    'entra/diagnostics.jsonl',
    'entra/event-hub.json',
    'entra/directory-audits.json',
  ],
  gcp: ['gcp/sink.jsonl', 'gcp/gcloud.json', 'gcp/entries-list.json'],
  journald: ['journald/openssh-9.2.jsonl', 'journald/openssh-9.2.export'],
  kubernetes: ['kubernetes/audit.log', 'kubernetes/event-list.json', 'kubernetes/cloudwatch.json'],
  okta: ['okta/system-log.json', 'okta/event-bus.jsonl'],
  pam: ['pam/vault.log', 'pam/mixed.log'],
  sshd: [
    'syslog/auth.log',
    'syslog/auth.iso.log',
    'syslog/auth.5424.log',
    'syslog/auth.jsonl',
    'sudo/auth-1.9.13.log',
    'special/30-ssh2-collector-logins.log',
    'captures/ossh10-VERBOSE/09-controlmaster-3-sessions.log',
  ],
  sudo: ['sudo/logsrvd-events.json', 'sudo/compact.jsonl'],
  teleport: ['teleport/events.log'],
  vault: ['vault/audit.log'],
  windows: [
    'windows/winlogbeat.jsonl',
    'windows/nxlog.jsonl',
    'windows/evtx.jsonl',
    'windows/get-winevent.json',
  ],
};

/** Logs that one server writes about many targets: the folder they lie in names none of them. */
const OF_MANY_TARGETS = new Set(['teleport', 'okta', 'entra', 'gcp', 'pam']);

/** Logs of many targets that name no cluster or server: the folder's name stands before the target, or for it. */
const WITHIN_FOLDER = new Set(['kubernetes', 'vault']);

const FRAMINGS = ['lines', 'journal-export', 'json-values', 'json-members', 'json-records'];

const PLACE: RecordPlace = { content: 'c', offset: 0, line: 1, seq: 0, file: 'f' };

test('the registry lists the folders, one format each', () => {
  const folders = readdirSync(SOURCES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(FORMATS.map((format) => format.type).sort(), folders.map((folder) => folder.name).sort());
  for (const { type } of FORMATS) {
    assert.equal(findFormat(type)?.type, type);
    assert.ok(existsSync(new URL(`${type}/README.md`, SOURCES)), `${type} has no README`);
    assert.ok((SAMPLES[type] ?? []).length > 0, `${type} has no samples`);
  }
  assert.equal(findFormat('nosuch'), undefined);
});

for (const format of FORMATS) {
  const samples = SAMPLES[format.type] ?? [];

  for (const path of samples) {
    test(`${format.type}: ${path} is recognised, read without rejects, and read again with equal uids`, () => {
      const bytes = fixture(path);
      assert.equal(recogniseFormat(bytes.subarray(0, 65_536))?.format.type, format.type);
      const first = decodeAll(format, bytes);
      assert.deepEqual(first.rejects, []);
      assert.ok(first.events.length > 0);
      assert.deepEqual(decodeAll(format, bytes), first);
    });

    test(`${format.type}: ${path} gives every event a uid of its own and a place`, () => {
      const { events } = decodeAll(format, fixture(path));
      assert.equal(new Set(events.map((event) => event.uid)).size, events.length);
      for (const { uid, time, ref, stream } of events) {
        assert.match(uid, /^ev_[0-9a-f]{20}$/);
        assert.ok(Number.isFinite(time) && time > 1.7e12 && time < 1.9e12);
        // Objects come and go: there a record is found by its own id.
        assert.match(ref.record, format.layout === 'objects' ? /^[\w-]{36}$/ : /^[1-9]\d*$/);
        assert.deepEqual([ref.source, stream], ['web01/auth.log', CONTEXT.stream]);
      }
    });

    test(`${format.type}: ${path} decodes the same in one pass and from any record on`, () => {
      const bytes = fixture(path);
      const framer = createFramer(format.framing(bytes));
      const records = framer.push(bytes);
      const decode = (from: number): string[] => {
        const decoder = format.create(CONTEXT);
        return records.slice(from).flatMap(({ bytes: record, offset, line }, index) => {
          const place = { ...PLACE, offset, line, seq: from + index };
          return decoder.decode(record, place).events.map((event) => event.uid);
        });
      };
      const all = decode(0);
      const half = decode(Math.floor(records.length / 2));
      assert.deepEqual(all.slice(all.length - half.length), half);
      assert.deepEqual(decode(records.length), []);
    });
  }

  test(`${format.type}: the target is the folder's, or else the record's`, () => {
    const bytes = fixture(samples[0] ?? '');
    if (format.layout === 'objects' || OF_MANY_TARGETS.has(format.type))
      return assertFolderCountsNothing(format, bytes);
    if (WITHIN_FOLDER.has(format.type)) return assertFolderStandsBefore(format, bytes);
    const named = decodeAll(format, bytes, { host: 'alias7' }).events;
    assert.ok(named.every((event) => event.target === 'alias7'));
    const [own] = decodeAll(format, bytes, { host: null }).events;
    assert.equal(own?.reportedHost, null);
    assert.equal(named[0]?.reportedHost, own?.target);
    assert.notEqual(named[0]?.uid, own?.uid);
  });

  test(`${format.type}: any bytes are read or rejected, never thrown at`, () => {
    const decoder = format.create(CONTEXT);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const parsed = decoder.decode(bytes, PLACE);
        assert.ok(parsed.time === null || Number.isFinite(parsed.time));
        assert.ok(format.recognise(bytes) >= 0 && format.recognise(bytes) <= 1);
        assert.ok(FRAMINGS.includes(format.framing(bytes)));
      }),
    );
  });

  test(`${format.type}: real records with pieces cut out, doubled and exchanged are never thrown at`, () => {
    const decoder = format.create(CONTEXT);
    const records = samples.flatMap((path) =>
      createFramer(format.framing(fixture(path))).push(fixture(path)),
    );
    const texts = records.map((record) => Buffer.from(record.bytes).toString('latin1'));
    const cut = fc.tuple(fc.nat(600), fc.nat(200), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.constantFrom(...texts), cut, (text, [at, length, inserted]) => {
        const bytes = Buffer.from(text.slice(0, at) + inserted + text.slice(at + length), 'latin1');
        const parsed = decoder.decode(bytes, PLACE);
        const told = parsed.time !== null || parsed.rejects.length > 0;
        assert.ok(told || /^\s*$|^-- /.test(bytes.toString()), 'dropped in silence');
        assert.ok(parsed.time !== null || parsed.events.length === 0);
      }),
      { numRuns: 300 },
    );
  });

  test(`${format.type}: a reject names its place and never quotes the record`, () => {
    const junk = 'hunter2 {"password":"hunter2"} \u0001 type=USER_CMD msg=audit(x) hunter2';
    for (const text of [
      junk,
      `{"x":"${junk}`,
      `"accept": {"x":"hunter2"`,
      `Feb 31 10:00:00 web01 sudo: ${junk}`,
    ]) {
      const { events, rejects } = decodeText(format, `${text}\n`);
      assert.deepEqual(events, []);
      assert.ok(rejects.length > 0, text);
      assert.ok(!JSON.stringify(rejects).includes('hunter2'), text);
      assert.equal(rejects[0]?.ref.source, 'web01/auth.log');
    }
  });
}

/** Objects tell of many targets and of none of the folder's. */
function assertFolderCountsNothing(format: Format, bytes: Buffer): void {
  const { events } = decodeAll(format, bytes, { host: 'alias7' });
  assert.ok(events.every((event) => event.target !== 'alias7'));
  assert.deepEqual(decodeAll(format, bytes, { host: null }).events, events);
}

/** A record is the same wherever it lies; where it lies only tells targets of equal names apart. */
function assertFolderStandsBefore(format: Format, bytes: Buffer): void {
  const named = decodeAll(format, bytes, { host: 'alias7' }).events;
  const own = decodeAll(format, bytes, { host: null }).events;
  assert.ok(named.some((event) => event.target?.startsWith('alias7')));
  assert.deepEqual(
    named.map(({ uid, target }) => ({ uid, isOwn: target?.startsWith('alias7') ?? false })),
    own.map(({ uid, target }, index) => ({ uid, isOwn: target !== named[index]?.target })),
  );
}

test('no format takes what is none of its own', () => {
  const foreign = [
    '{"version":2,"width":80,"height":24,"timestamp":1795344313}\n[0.1,"o","hi"]\n',
    '{"ver":"2.3","host":"web01","rec":"a-1-b","user":"alice","term":"xterm","session":5,"id":1,"pos":0,"time":1795344313.5,"timing":"=80x24","in_txt":"","in_bin":[],"out_txt":"x","out_bin":[]}\n',
    '{"type": 7, "pid": 22993, "line": "pts/0", "user": "labrec", "host": "10.99.0.10", "sec": 1795346427}\n',
    'Script started on 2026-11-22 11:22:00+00:00 [TERM="xterm"]\n$ id\n',
    '{"Records":[{"eventName":"StartSession","eventTime":"2026-11-22T10:00:00Z"}]}',
    'id: EXC-1\nkind: break-glass\n',
    '',
    '\0\0\0\0',
  ];
  for (const text of foreign) assert.equal(recogniseFormat(Buffer.from(text)), undefined, text.slice(0, 40));
});

test('an application log may look like a system log and is doubtful', () => {
  const application =
    '2026-11-22 10:00:00,123 INFO main: started\n2026-11-22 10:00:01,123 INFO main: ready\n';
  assert.ok((recogniseFormat(Buffer.from(application))?.score ?? 1) < 0.4);
  const system = 'Nov 22 10:00:00 web01 kernel: started\nNov 22 10:00:01 web01 kernel: ready\n';
  assert.ok((recogniseFormat(Buffer.from(system))?.score ?? 0) > 0.5);
});
