import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { parse } from 'yaml';
import { createFramer } from '../../src/files/framing.ts';
import type { Parsed } from '../../src/model/event.ts';
import { cloudtrail } from '../../src/sources/cloudtrail/cloudtrail.ts';
import { recogniseFormat } from '../../src/sources/registry.ts';
import { CONTEXT } from './support.ts';

/** Public collections beside the checkout; they are not part of it. */
const CORPORA = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url));
const FOLDERS = ['awsdocs', 'cloud-custodian', 'managedkube', 'plaso', 'streamalert'];
const missing = FOLDERS.filter((folder) => !existsSync(join(CORPORA, folder)));
const skip =
  missing.length === 0 ? false : `public collections are not beside the checkout: ${missing.join(', ')}`;

interface Golden {
  readonly record: string;
  readonly events: readonly string[];
  readonly reason: string;
}

const GOLDEN = parse(
  readFileSync(new URL('../fixtures/cloudtrail/golden.yaml', import.meta.url), 'utf8'),
) as readonly Golden[];

/** JSON files of the collections: of whatever kind, as none may make an event that is not in the list. */
function files(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(CORPORA, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.jsonl?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  ).sort();
}

function decodeFile(path: string): readonly Parsed[] {
  const framer = createFramer('json-records');
  const records = framer.push(readFileSync(path));
  assert.equal(framer.end().rest, null, path);
  const decoder = cloudtrail.create(CONTEXT);
  return records.map(({ bytes, offset, line }, seq) =>
    decoder.decode(bytes, { content: path, offset, line, seq, file: path }),
  );
}

function found({ events, screen = [] }: Parsed): string[] {
  const controls = screen.flatMap(({ always, event }) => (always ? [event] : []));
  return [
    ...events.map(({ kind, path }) => `${kind} ${path}`),
    ...controls.map(({ kind, detail }) => [kind, detail.control, detail.cloud?.state].join(' ').trim()),
  ];
}

function nameOf({ screen = [] }: Parsed, file: string, index: number): string {
  const record = screen[0]?.record as Record<string, string> | undefined;
  return `${file}#${index + 1} ${record?.['eventSource']} ${record?.['eventName']}`;
}

test('the public collections give exactly the events of their records that are in scope', { skip }, () => {
  const inScope = files().flatMap((path) =>
    decodeFile(path).flatMap((parsed, index) => {
      const events = found(parsed);
      return events.length === 0 ? [] : [{ record: nameOf(parsed, relative(CORPORA, path), index), events }];
    }),
  );
  assert.deepEqual(
    inScope,
    GOLDEN.map(({ record, events }) => ({ record, events })),
  );
});

test('every entry says why it is in scope', () => {
  assert.ok(GOLDEN.length > 20);
  for (const { record, reason } of GOLDEN) assert.ok(reason.length > 10, record);
});

test('the collections hold records of a trail that give nothing', { skip }, () => {
  const parsed = files().flatMap(decodeFile);
  const seen = parsed.flatMap(({ screen = [] }) => screen);
  assert.ok(seen.length > 2 * GOLDEN.length, `${seen.length} records`);
});

test('files of records that a trail could have written are recognised', { skip }, () => {
  for (const name of [
    'awsdocs/iam-user-guide.events.jsonl',
    'cloud-custodian/cwe/event-cloud-trail-s3.json',
    'managedkube/ssm-startsession.cloudtrail.json',
    'plaso/jsonl/aws_cloudtrail.jsonl',
    'streamalert/community/cloudwatch_events/cloudtrail_critical_api_calls.json',
  ]) {
    const head = readFileSync(join(CORPORA, name)).subarray(0, 65_536);
    assert.equal(recogniseFormat(head)?.format.type, 'cloudtrail', name);
  }
  for (const name of [
    'plaso/jsonl/azure_activity_log.jsonl',
    'plaso/jsonl/gcp_logging.jsonl',
    'plaso/jsonl/microsoft_audit_log.jsonl',
    'streamalert/community/okta/okta_new_login.json',
  ]) {
    const head = readFileSync(join(CORPORA, name)).subarray(0, 65_536);
    assert.notEqual(recogniseFormat(head)?.format.type, 'cloudtrail', name);
  }
});
