import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { kubernetes } from '../../src/sources/kubernetes/kubernetes.ts';
import { recogniseFormat } from '../../src/sources/registry.ts';
import * as k8s from '../support/kubernetes.ts';
import { decodeAll, decodeText } from './support.ts';

const FIXTURES = new URL('../fixtures/sources/', import.meta.url);
const first = k8s.exec();
const second = k8s.podRequest('portforward', '?ports=5432', { auditID: 'another-id' });
const both = [first, second];
const asText = both.map((record) => JSON.stringify(record));
const logEvents = asText.map((message, index) => ({ id: String(index), timestamp: 1795341600000, message }));

/** The same two records, in everything that records come wrapped in. */
const WRAPPED: Readonly<Record<string, string>> = {
  'a line each': `${asText.join('\n')}\n`,
  'one after another, pretty-printed': both.map((one) => JSON.stringify(one, null, 2)).join(''),
  'an array': JSON.stringify(both),
  'a list of the webhook': JSON.stringify({ kind: 'EventList', metadata: {}, items: both }),
  'lists of the webhook, a line each': both.map((one) => JSON.stringify({ items: [one] })).join('\n'),
  'CloudWatch Logs': JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents }),
  'an answer of CloudWatch Logs': JSON.stringify({ events: logEvents, nextToken: 'x' }),
  'messages of CloudWatch Logs': logEvents.map((one) => JSON.stringify(one)).join('\n'),
  'diagnostic records of Azure': JSON.stringify({
    records: asText.map((log) => ({ category: 'kube-audit', properties: { log } })),
  }),
  'a log shipper': both.map((audit) => JSON.stringify({ kubernetes: { audit } })).join('\n'),
};

const uids = (text: string): readonly string[] => {
  const { events, rejects } = decodeText(kubernetes, text, { host: null });
  assert.deepEqual(rejects, [], text.slice(0, 80));
  return events.map(({ uid }) => uid);
};

test('a record is the same event whatever it comes wrapped in, and the wrapping is recognised', () => {
  const expected = uids(k8s.lines(both));
  assert.equal(expected.length, 4);
  for (const [name, text] of Object.entries(WRAPPED)) {
    assert.deepEqual(uids(text), expected, name);
    const found = recogniseFormat(Buffer.from(text));
    assert.deepEqual([found?.format.type, found?.score], ['kubernetes', 1], name);
  }
});

test('a first record longer than what is looked at is recognised by its keys', () => {
  const long = { ...first, responseObject: { data: 'x'.repeat(100_000) } };
  const head = (value: unknown) => Buffer.from(JSON.stringify(value)).subarray(0, 65_536);
  assert.equal(kubernetes.recognise(head({ ...long })), 1);
  assert.equal(kubernetes.recognise(head({ id: '1', message: JSON.stringify(long) })), 1);
  assert.equal(kubernetes.recognise(head({ ...long, auditID: undefined })), 0);
  const journal = { __REALTIME_TIMESTAMP: '1', MESSAGE: JSON.stringify(long) };
  assert.equal(kubernetes.recognise(head(journal)), 0);
});

test('what is no audit record is rejected, and hides nothing beside it', () => {
  const codes = (text: string) => decodeText(kubernetes, text).rejects.map(({ code }) => code);
  assert.deepEqual(codes('{"kind":"Event","apiVersion":"v1","reason":"Killing"}'), ['unknown-shape']);
  assert.deepEqual(codes(JSON.stringify({ ...first, stage: 'Elsewhere' })), ['unknown-shape']);
  assert.deepEqual(codes(JSON.stringify({ ...first, auditID: '' })), ['unknown-shape']);
  assert.deepEqual(codes(JSON.stringify({ ...first, user: 'alice' })), ['unknown-shape']);
  assert.deepEqual(codes('{"message":"{\\"auditID\\":"}'), ['cut-off']);
  assert.deepEqual(codes('{"message":"hello"}'), ['bad-json']);
  const { events, rejects } = decodeText(kubernetes, JSON.stringify({ items: [{ x: 1 }, first] }));
  assert.deepEqual([events.length, rejects.length], [2, 1]);
});

test('lines of other programs in the same log group are passed over, with their time', () => {
  const line = { id: '1', timestamp: 1795341600000, message: 'I1122 10:00:00 httplog.go:132] "HTTP"' };
  const { events, rejects } = decodeText(kubernetes, JSON.stringify({ logEvents: [line] }));
  assert.deepEqual([events, rejects], [[], []]);
});

test('the format takes no file of another one, and no other takes its files', () => {
  for (const folder of readdirSync(FIXTURES)) {
    for (const { name, parentPath } of readdirSync(new URL(`${folder}/`, FIXTURES), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile())) {
      const head = readFileSync(`${parentPath}/${name}`).subarray(0, 65_536);
      assert.equal(kubernetes.recognise(head), folder === 'kubernetes' ? 1 : 0, `${folder}/${name}`);
    }
  }
});

/** Synthetic, in the form of audit.k8s.io/v1: no record of a real cluster. */
test('the sample log gives exactly these accesses', () => {
  const bytes = readFileSync(new URL('kubernetes/audit.log', FIXTURES));
  const { events, screen } = decodeAll(kubernetes, bytes, { host: null });
  const opened = new Map(
    events
      .filter(({ kind }) => kind === 'access.open')
      .map(({ session, path, account, target }) => [session.cloudSession, [path, account, target]]),
  );
  assert.deepEqual(
    [...opened.values()],
    [
      ['k8s-exec', 'alice@example.org', 'shop/web-6f7d9/app'],
      ['k8s-exec', 'alice@example.org', 'shop/web-6f7d9/app'],
      ['k8s-exec', 'bob@example.org', 'shop/batch-0/job'],
      ['k8s-forward', 'bob@example.org', 'shop/db-0'],
      ['k8s-exec', 'alice@example.org', 'shop/web-6f7d9'],
      ['k8s-exec', 'system:serviceaccount:ci:runner', 'node-3'],
      ['k8s-exec', 'system:admin', 'shop/web-6f7d9/app'],
    ],
  );
  const controls = screen.flatMap(({ always, event }) => (always ? [event.detail.control] : []));
  assert.deepEqual(controls, ['kubernetes:delete-validatingwebhookconfigurations']);
  assert.ok(!JSON.stringify(events).includes('hunter2'));
});

test('whatever stands in a field, the record is read or rejected', () => {
  const node = k8s.nodeRequest('/run/shop/web-0/app');
  const outer = fc.constantFrom(...Object.keys(first));
  const inner = fc.constantFrom('username', 'extra', 'code', 'resource', 'subresource', 'name', 'namespace');
  fc.assert(
    fc.property(
      fc.constantFrom(first, second, node),
      outer,
      inner,
      fc.jsonValue(),
      (record, key, part, value) => {
        for (const changed of [value, { ...(record[key] as k8s.AuditRecord), [part]: value }]) {
          const text = JSON.stringify({ ...record, [key]: changed });
          const { events, rejects, screen } = decodeText(kubernetes, text, { host: null });
          assert.ok(rejects.length > 0 || screen.length > 0 || events.length > 0 || key === 'stage', text);
          for (const { time, target, account } of events) {
            assert.ok(Number.isFinite(time) && target !== '' && account !== '', text);
          }
        }
      },
    ),
  );
});
