import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { createFramer } from '../../src/files/framing.ts';
import type { Event, Parsed } from '../../src/model/event.ts';
import { FORMATS, recogniseFormat } from '../../src/sources/registry.ts';
import { teleport } from '../../src/sources/teleport/teleport.ts';
import { CONTEXT } from './support.ts';

/** Public examples beside the checkout; they are not part of it. */
const EXAMPLES = new URL('../../../shared/corpora/teleport-webapps/', import.meta.url);
const FILES = ['audit-fixtures.jsonl', 'recordings-fixtures.jsonl'];
const isThere = FILES.every((file) => existsSync(new URL(file, EXAMPLES)));
const skip = isThere ? false : 'the public examples of Teleport are not beside the checkout';

interface Golden {
  readonly record: string;
  readonly events: readonly string[];
  readonly reason: string;
}

const GOLDEN = parse(
  readFileSync(new URL('../fixtures/sources/teleport/golden.yaml', import.meta.url), 'utf8'),
) as readonly Golden[];

function decodeFile(file: string): readonly { readonly name: string; readonly parsed: Parsed }[] {
  const bytes = readFileSync(new URL(file, EXAMPLES));
  const framer = createFramer(teleport.framing(bytes));
  const decoder = teleport.create(CONTEXT);
  return framer.push(bytes).map(({ bytes: record, offset, line }, seq) => {
    const { event, code } = JSON.parse(Buffer.from(record).toString()) as Record<string, string>;
    const parsed = decoder.decode(record, { content: file, offset, line, seq, file });
    return { name: `${file}:${line} ${event} ${code}`, parsed };
  });
}

function told({ kind, path, detail }: Event): string {
  return [kind, path ?? detail.control].filter((part) => part !== undefined).join(' ');
}

test('the public examples give exactly the events that are in scope', { skip }, () => {
  const found = FILES.flatMap(decodeFile).flatMap(({ name, parsed }) =>
    parsed.events.length === 0 ? [] : [{ record: name, events: parsed.events.map(told) }],
  );
  assert.deepEqual(
    found,
    GOLDEN.map(({ record, events }) => ({ record, events })),
  );
});

test('every entry says why it is in scope', () => {
  assert.ok(GOLDEN.length > 20);
  for (const { record, reason } of GOLDEN) assert.ok(reason.length > 10, record);
});

test('no example is rejected, and most of them give nothing', { skip }, () => {
  const all = FILES.flatMap(decodeFile);
  assert.deepEqual(
    all.flatMap(({ name, parsed }) => (parsed.rejects.length === 0 && parsed.time !== null ? [] : [name])),
    [],
  );
  assert.ok(all.length > GOLDEN.length);
});

test('the examples are recognised as audit events of Teleport and as nothing else', { skip }, () => {
  for (const file of FILES) {
    const head = readFileSync(new URL(file, EXAMPLES)).subarray(0, 65_536);
    assert.equal(recogniseFormat(head)?.format.type, 'teleport');
    const others = FORMATS.filter((one) => one.type !== 'teleport' && one.recognise(head) >= 1);
    assert.deepEqual(others, []);
  }
});
