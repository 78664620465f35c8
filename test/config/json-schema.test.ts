import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJsonSchema } from '../../src/config/json-schema.ts';
import { assertPublished } from './published.ts';

test('the published schema of the configuration is that of the code', () => {
  assertPublished('config.schema.json', toJsonSchema());
});

test('an editor learns keys, kinds and defaults from it', () => {
  const schema = toJsonSchema() as {
    anyOf: unknown;
    additionalProperties: boolean;
    properties: Record<string, { default?: unknown; description?: string }>;
  };
  assert.deepEqual(
    schema.anyOf,
    ['sources', 'aws', 'hosts', 'receive'].map((block) => ({ required: [block] })),
  );
  assert.equal(schema.additionalProperties, false);
  assert.equal(schema.properties['schedule']?.default, '*/30 * * * * *');
  assert.match(schema.properties['sources']?.description ?? '', /Witnesses/);
});
