import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { windows } from '../../src/sources/windows/windows.ts';
import { changed, controls, controlsOf, decodeFixture, line, recordsOf, told } from './provider-support.ts';
import { decodeText } from './support.ts';

const HOST = 'ws2022.lab.example';
const FORMS = ['winlogbeat.jsonl', 'nxlog.jsonl', 'evtx.jsonl', 'get-winevent.json'];
const RECORDS = recordsOf('windows/winlogbeat.jsonl');
const DATA = 'winlog.event_data';
const LOGON = RECORDS[1] ?? {};

const EVENTS = [
  [`access.open rdp alice@${HOST}`, '0x8f2a1'],
  [`session.link rdp alice@${HOST}`, '0x8f2f0'],
  [`session.link null alice@${HOST}`, '0x8f2a1'],
  [`credential.issue null alice→svc-backup@${HOST}`, '0x8f2a1'],
  [`session.close rdp alice@${HOST}`, '0x8f2a1'],
  [`access.open rdp alice@${HOST}`, '0x9a100'],
  [`session.open rdp alice@${HOST}`, '0x8f2a1'],
  [`access.open console bob@${HOST}`, '0xa1000'],
  [`access.close null alice@${HOST}`, '0x8f2a1'],
  [`access.close null alice@${HOST}`, '0x8f2a1'],
];

for (const form of FORMS) {
  test(`${form}: the synthetic log gives exactly these events`, () => {
    const decoded = decodeFixture(windows, `windows/${form}`);
    assert.deepEqual(
      decoded.events.map((event) => [line(event), event.session.logonId]),
      EVENTS,
    );
    assert.deepEqual(controls(decoded), [
      'security:4719 {0CCE9215-69AE-11D9-BED3-505054503030} off',
      'security:1102 Security ?',
    ]);
  });

  test(`${form}: what was typed at a failed logon and what runs go nowhere`, () => {
    const text = JSON.stringify(recordsOf(`windows/${form}`));
    assert.ok(text.includes('"hunter2"') && text.includes('hunter2.exe'));
    const { events, rejects, screen } = decodeFixture(windows, `windows/${form}`);
    assert.ok(!JSON.stringify([events, rejects, screen.map(({ event }) => event)]).includes('hunter2'));
  });
}

test('one record is one event, whoever collected it', () => {
  const uids = (form: string) => decodeFixture(windows, `windows/${form}`).events.map(({ uid }) => uid);
  for (const form of FORMS) assert.deepEqual(uids(form), uids('evtx.jsonl'), form);
});

test('older forms give the same as well', () => {
  const winlog = LOGON['winlog'] as Record<string, unknown>;
  const { event_id, computer_name, event_data, record_id, channel } = winlog;
  const beats = {
    '@timestamp': LOGON['@timestamp'],
    event_id,
    computer_name,
    event_data,
    record_number: String(record_id),
    log_name: channel,
  };
  assert.deepEqual(uidsOf(beats), uidsOf(LOGON));
  const { event_id: _number, ...byCode } = winlog;
  assert.deepEqual(uidsOf({ ...LOGON, winlog: byCode }), uidsOf(LOGON));
  const pairs = Object.entries(event_data as object).map(([name, text]) => ({
    '@Name': name,
    '#text': text,
  }));
  const system = {
    EventID: { '#text': '4624' },
    TimeCreated: { '@SystemTime': LOGON['@timestamp'] },
    EventRecordID: String(record_id),
    Channel: channel,
    Computer: computer_name,
  };
  assert.deepEqual(uidsOf({ System: system, EventData: { Data: pairs } }), uidsOf(LOGON));
});

test('a logon tells who, on which host, from where', () => {
  const [event] = decodeText(windows, JSON.stringify(LOGON), { host: null }).events;
  assert.deepEqual(
    [event?.program, event?.target, event?.reportedHost, event?.origin],
    ['windows', HOST, null, { ip: '198.51.100.10', port: 50_211 }],
  );
  assert.deepEqual(event?.detail.cloud, {
    provider: 'windows',
    service: 'security',
    action: '4624',
    eventId: `${HOST}/5001/${Math.floor((event?.time ?? 0) / 1000)}`,
    account: 'LAB',
    region: null,
    identity: 'User',
    arn: 'LAB\\alice',
  });
});

test('the type of a logon decides', () => {
  const path = (type: string, ip = '198.51.100.10') =>
    told(windows, changed(LOGON, { [`${DATA}.LogonType`]: type, [`${DATA}.IpAddress`]: ip })).map(
      (text) => text.split(' ')[1],
    );
  for (const type of ['10', '12', '7', '13']) assert.deepEqual(path(type), ['rdp'], type);
  for (const type of ['2', '11']) assert.deepEqual(path(type), ['console'], type);
  for (const type of ['0', '3', '4', '5', '8', '9', '', 'x']) assert.deepEqual(path(type), [], type);
  for (const ip of ['127.0.0.1', '::1', '-', 'LOCAL']) assert.deepEqual(path('7', ip), [], ip);
  assert.deepEqual(path('10', '-'), ['rdp']);
});

test('of the pair that an administrator leaves the one with the rights counts', () => {
  const kind = (linked: string, elevated: string) =>
    told(
      windows,
      changed(LOGON, { [`${DATA}.TargetLinkedLogonId`]: linked, [`${DATA}.ElevatedToken`]: elevated }),
    ).map((text) => text.split(' ')[0]);
  assert.deepEqual(kind('0x8f2f0', '%%1842'), ['access.open']);
  assert.deepEqual(kind('0x8f2f0', '%%1843'), ['session.link']);
  // A user without rights has one logon, which is not elevated.
  assert.deepEqual(kind('0x0', '%%1843'), ['access.open']);
});

test('accounts of machines open nothing; people of similar names do', () => {
  const opens = (user: string, sid: string) =>
    told(windows, changed(LOGON, { [`${DATA}.TargetUserName`]: user, [`${DATA}.TargetUserSid`]: sid }))
      .length;
  const person = 'S-1-5-21-1-2-3-1104';
  const nobody = '';
  for (const name of ['WS2022$', 'SYSTEM', 'DWM-12', 'UMFD-0', 'ANONYMOUS LOGON']) {
    assert.equal(opens(name, nobody), 0, name);
    assert.equal(opens(name, person), 1, `${name} by a person`);
  }
  for (const sid of ['S-1-5-18', 'S-1-5-7', 'S-1-5-90-0-2', 'S-1-5-80-1'])
    assert.equal(opens('x', sid), 0, sid);
  for (const name of ['system2', 'dwm', 'DWM-x', '$alice']) assert.equal(opens(name, nobody), 1, name);
  assert.equal(opens('x', 'S-1-5-180'), 1);
  assert.equal(opens('x', 'S-1-5-21-18'), 1);
});

test('by position a SID may be an object, and later versions insert values before the last two', () => {
  const [, logon = {}] = recordsOf('windows/get-winevent.json');
  const values = logon['Properties'] as { Value: unknown }[];
  const sid = (text: string) => ({ Value: { BinaryLength: 28, Value: text } });
  const lines = (changes: Readonly<Record<number, object>>, inserted: readonly object[] = []) => {
    const own = values.map((value, index) => changes[index] ?? value);
    return told(windows, { ...logon, Properties: [...own.slice(0, 22), ...inserted, ...own.slice(22)] });
  };
  assert.deepEqual(lines({ 5: { Value: 'eve$' }, 4: sid('S-1-5-21-1-2-3-1104') }), [
    `access.open rdp eve$@${HOST}`,
  ]);
  assert.deepEqual(lines({ 4: sid('S-1-5-18') }), []);
  const filtered = { 26: { Value: '%%1843' } };
  for (const inserted of [[], [{ Value: '-' }]])
    assert.deepEqual(lines(filtered, inserted), [`session.link rdp alice@${HOST}`]);
});

test('the number of an event means nothing in another log', () => {
  const inLog = (number: number, channel: string | undefined) => {
    const record = changed(RECORDS[number] ?? {}, { 'winlog.channel': channel });
    return told(windows, record).length + controlsOf(windows, record).length;
  };
  for (const number of [1, 12, 13]) {
    assert.equal(inLog(number, 'Security'), 1, String(number));
    assert.equal(inLog(number, undefined), 1, String(number));
    assert.equal(inLog(number, 'Application'), 0, String(number));
  }
  const cleared = changed(RECORDS[13] ?? {}, { 'winlog.event_id': 104, 'winlog.user_data.Channel': 'Setup' });
  assert.deepEqual(controlsOf(windows, changed(cleared, { 'winlog.channel': 'System' })), [
    'security:104 Setup ?',
  ]);
  assert.deepEqual(controlsOf(windows, cleared), []);
});

test('a change of the audit policy tells what it takes away', () => {
  const state = (changes: string) =>
    controlsOf(windows, changed(RECORDS[12] ?? {}, { [`${DATA}.AuditPolicyChanges`]: changes }))[0]
      ?.split(' ')
      .at(-1);
  assert.equal(state('%%8448'), 'off');
  assert.equal(state('%%8449, %%8450'), 'off');
  assert.equal(state('%%8449, %%8451'), 'on');
  assert.equal(state('%%8452'), '?');
});

test('the password of another account may have been given for another machine', () => {
  const EXPLICIT = RECORDS[4] ?? {};
  const given = (changes: Record<string, string>) =>
    told(
      windows,
      changed(
        EXPLICIT,
        Object.fromEntries(Object.entries(changes).map(([key, value]) => [`${DATA}.${key}`, value])),
      ),
    );
  assert.deepEqual(given({ TargetServerName: 'db01' }), ['credential.issue null alice→svc-backup@db01']);
  assert.deepEqual(given({ TargetServerName: '-' }), [`credential.issue null alice→svc-backup@${HOST}`]);
  assert.deepEqual(given({ TargetUserName: 'WS2022$' }), []);
  assert.deepEqual(given({ TargetLogonGuid: '{00000000-0000-0000-0000-000000000000}' }), []);
  assert.deepEqual(given({ SubjectUserName: 'WS2022$' }), []);
});

test('the host is the folder’s where there is one; a machine elsewhere stays itself', () => {
  const inFolder = (record: object): readonly Event[] =>
    decodeText(windows, JSON.stringify(record), { host: 'ws' }).events;
  const [logon] = inFolder(LOGON);
  assert.deepEqual([logon?.target, logon?.reportedHost], ['ws', HOST]);
  const [given] = inFolder(changed(RECORDS[4] ?? {}, { [`${DATA}.TargetServerName`]: 'db01' }));
  assert.equal(given?.target, 'db01');
});

test('a number that a cleared log gives again is another record', () => {
  assert.equal(uidsOf(LOGON).length, 1);
  assert.notDeepEqual(uidsOf(changed(LOGON, { '@timestamp': '2026-11-22T14:01:00.123Z' })), uidsOf(LOGON));
  const bare = changed(LOGON, { 'winlog.record_id': undefined });
  const { events } = decodeText(windows, JSON.stringify([bare, bare]));
  assert.equal(new Set(events.map(({ uid }) => uid)).size, 2);
});

test('times without a zone are those of the source, and said to be assumed', () => {
  const [record = {}] = recordsOf('windows/nxlog.jsonl').slice(1);
  const read = (zone: string) => decodeText(windows, JSON.stringify(record), { zone }).events[0];
  assert.deepEqual([read('UTC')?.time, read('UTC')?.assumed], [Date.parse('2026-11-22T13:01:00Z'), ['zone']]);
  assert.equal(read('Europe/Berlin')?.time, Date.parse('2026-11-22T12:01:00Z'));
  const told24 = decodeText(windows, JSON.stringify({ ...record, EventTime: '2026-11-22T13:01:00+01:00' }))
    .events[0];
  assert.deepEqual([told24?.time, told24?.assumed], [Date.parse('2026-11-22T12:01:00Z'), []]);
});

function uidsOf(record: object): readonly string[] {
  return decodeText(windows, JSON.stringify(record), { host: null }).events.map(({ uid }) => uid);
}
