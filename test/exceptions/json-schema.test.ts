import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceptionJsonSchema } from '../../src/exceptions/schema.ts';
import { assertPublished } from '../config/published.ts';

test('the published schema of exception files is that of the code', () => {
  assertPublished('exception.schema.json', exceptionJsonSchema());
});

test('an editor learns from it that expiry is mandatory and keys are strict', () => {
  const { $defs } = exceptionJsonSchema() as {
    $defs: { exception: { required: string[]; additionalProperties: boolean } };
  };
  assert.ok($defs.exception.required.includes('expires_at'));
  assert.equal($defs.exception.additionalProperties, false);
});
