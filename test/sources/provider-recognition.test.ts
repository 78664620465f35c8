import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { entra } from '../../src/sources/entra/entra.ts';
import { gcp } from '../../src/sources/gcp/gcp.ts';
import { okta } from '../../src/sources/okta/okta.ts';
import { recogniseFormat } from '../../src/sources/registry.ts';
import { windows } from '../../src/sources/windows/windows.ts';
import { recordsOf } from './provider-support.ts';
import { counts, decodeAll, decodeText } from './support.ts';

const PLACE = { content: 'c', offset: 0, line: 1, seq: 0, file: 'f' };
const FORMATS = [okta, entra, gcp, windows];
const FIXTURES = fileURLToPath(new URL('../fixtures/sources/', import.meta.url));
const SAMPLES: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  okta: recordsOf('okta/system-log.json'),
  entra: recordsOf('entra/diagnostics.jsonl'),
  gcp: recordsOf('gcp/gcloud.json'),
  windows: recordsOf('windows/nxlog.jsonl'),
};

/** Fields without which a record is nobody's. */
const TELLING: Readonly<Record<string, readonly string[]>> = {
  okta: ['actor', 'eventType', 'published', 'outcome'],
  entra: ['properties'],
  gcp: ['protoPayload'],
  windows: ['EventID', 'Hostname'],
};

/** Everything that records come wrapped in. */
const WRAPPED: Readonly<Record<string, (records: readonly object[]) => string>> = {
  'an array': (records) => JSON.stringify(records),
  'a pretty array': (records) => JSON.stringify(records, null, 2),
  'a line each': (records) => records.map((one) => JSON.stringify(one)).join('\n'),
  'one after another': (records) => records.map((one) => JSON.stringify(one, null, 1)).join(''),
  Graph: (records) => JSON.stringify({ '@odata.context': 'x', value: records }),
  'an event hub': (records) => JSON.stringify({ records }),
  'a line of event hubs': (records) => records.map((one) => JSON.stringify({ records: [one] })).join('\n'),
  'entries.list': (records) => JSON.stringify({ entries: records, nextPageToken: 'x' }),
  'an event bus': (records) =>
    records.map((detail) => JSON.stringify({ 'detail-type': 'x', detail })).join('\n'),
  'a collector': (records) => records.map((event) => JSON.stringify({ time: 1, event })).join('\n'),
  'CloudWatch Logs': (records) =>
    JSON.stringify({
      logEvents: records.map((one) => ({ id: '1', timestamp: 1, message: JSON.stringify(one) })),
    }),
};

for (const format of FORMATS) {
  const records = SAMPLES[format.type] ?? [];
  for (const [name, wrap] of Object.entries(WRAPPED)) {
    test(`${format.type}: ${name} is recognised and gives the same events`, () => {
      const text = wrap(records);
      const found = recogniseFormat(Buffer.from(text).subarray(0, 65_536));
      assert.deepEqual([found?.format.type, found?.score], [format.type, 1]);
      const { events, rejects } = decodeText(format, text);
      assert.deepEqual(rejects, []);
      const expected = decodeText(format, JSON.stringify(records)).events;
      assert.ok(expected.length > 0);
      assert.deepEqual(
        events.map(({ uid }) => uid),
        expected.map(({ uid }) => uid),
      );
    });
  }

  test(`${format.type}: a record without its telling fields is nobody's`, () => {
    const [record] = records;
    for (const drop of TELLING[format.type] ?? []) {
      const { [drop]: _gone, ...rest } = record ?? {};
      assert.equal(format.recognise(Buffer.from(JSON.stringify(rest))), 0);
      assert.deepEqual(decodeText(format, JSON.stringify(rest)).events, [], drop);
    }
  });

  test(`${format.type}: fields of any kind in a record are never thrown at`, () => {
    const decoder = format.create({ stream: 's', host: null, zone: 'UTC', reference: 0 });
    fc.assert(
      fc.property(
        fc.constantFrom(...records),
        fc.nat(),
        fc.jsonValue({ maxDepth: 3 }),
        (record, index, value) => {
          const copy = structuredClone(record);
          const places = placesOf(copy);
          const [holder, key] = places[index % places.length] ?? [copy, 'x'];
          holder[key] = value;
          const parsed = decoder.decode(Buffer.from(JSON.stringify(copy)), PLACE);
          assert.ok(parsed.time !== null || parsed.rejects.length > 0);
          for (const event of [...parsed.events, ...(parsed.screen ?? []).map((one) => one.event)]) {
            assert.ok(
              Number.isFinite(event.time) && typeof event.account === 'string' && event.account !== '',
            );
            assert.ok(event.detail.cloud !== undefined && event.detail.cloud.eventId !== '');
            assert.ok(event.target === null || typeof event.target === 'string');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
}

/** Every field of a record, at whatever depth. */
function placesOf(value: unknown): (readonly [Record<string, unknown>, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [[holder, key] as const, ...placesOf(holder[key])]);
}

test('no format takes a file of another, and each file is recognised as its own', () => {
  for (const entry of readdirSync(FIXTURES, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const head = readFileSync(join(entry.parentPath, entry.name)).subarray(0, 65_536);
    const own = entry.parentPath.slice(FIXTURES.length);
    for (const format of FORMATS)
      assert.equal(
        format.recognise(head),
        own === format.type ? 1 : 0,
        `${format.type}: ${own}/${entry.name}`,
      );
  }
});

test('what else stands in such a log is passed over and moves the time', () => {
  const others = [
    [
      gcp,
      { logName: 'projects/x/logs/app', timestamp: '2026-11-22T12:00:00Z', textPayload: 'x', insertId: 'a' },
    ],
    [
      entra,
      { category: 'ProvisioningLogs', operationName: 'x', time: '2026-11-22T12:00:00Z', properties: {} },
    ],
  ] as const;
  for (const [format, record] of others) {
    const bytes = Buffer.from(JSON.stringify(record));
    const parsed = format.create({ stream: 's', host: null, zone: 'UTC', reference: 0 }).decode(bytes, PLACE);
    assert.deepEqual(parsed, {
      events: [],
      rejects: [],
      time: Date.parse('2026-11-22T12:00:00Z'),
      host: null,
    });
    assert.equal(format.recognise(bytes), 0);
    const { category: _a, logName: _b, ...bare } = record as Record<string, unknown>;
    assert.equal(decodeText(format, JSON.stringify(bare)).rejects.length, 1);
  }
});

test('a journal that holds such records stays a journal', () => {
  for (const format of FORMATS) {
    const MESSAGE = JSON.stringify(SAMPLES[format.type]?.[0]);
    const journal = Buffer.from(
      `${JSON.stringify({ __REALTIME_TIMESTAMP: '1', message: MESSAGE, MESSAGE })}\n`,
    );
    assert.equal(format.recognise(journal), 0);
    assert.equal(recogniseFormat(journal)?.format.type, 'journald');
  }
});

/** Public collections beside the checkout; they are not part of it. */
const CORPORA = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url));
const missing = ['plaso', 'streamalert'].filter((folder) => !existsSync(join(CORPORA, folder)));
const skip =
  missing.length === 0 ? false : `public collections are not beside the checkout: ${missing.join(', ')}`;
const corpus = (path: string): Buffer => readFileSync(join(CORPORA, path));

test('public collections: audit entries of Google Cloud are read whole', { skip }, () => {
  const bytes = corpus('plaso/jsonl/gcp_logging.jsonl');
  assert.equal(recogniseFormat(bytes.subarray(0, 65_536))?.format.type, 'gcp');
  const { events, rejects, screen } = decodeAll(gcp, bytes);
  assert.deepEqual([rejects, counts(events)], [[], {}]);
  const text = bytes.toString();
  assert.equal(screen.length, text.match(/"methodName"/g)?.length);
  assert.ok(text.trim().split('\n').length > screen.length, 'other entries are passed over');
});

test('public collections: an event of Okta is recognised and opens nothing', { skip }, () => {
  const [{ data }] = JSON.parse(corpus('streamalert/community/okta/okta_new_login.json').toString());
  const bytes = Buffer.from(JSON.stringify(data));
  assert.equal(recogniseFormat(bytes.subarray(0, 65_536))?.format.type, 'okta');
  const { events, rejects, screen } = decodeAll(okta, bytes);
  assert.deepEqual([events, rejects, screen.length], [[], [], 1]);
});

test('public collections: activity of Azure is no sign-in', { skip }, () => {
  const bytes = corpus('plaso/jsonl/azure_activity_log.jsonl');
  assert.equal(recogniseFormat(bytes.subarray(0, 65_536)), undefined);
  assert.deepEqual(decodeAll(entra, bytes).events, []);
});
