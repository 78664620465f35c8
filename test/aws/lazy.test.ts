import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const root = resolve(import.meta.dirname, '../../src');
const sources = globSync('**/*.ts', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));

/** Imports that run; types are erased. */
const EAGER = /^(?:import|export)\s(?!type\b)(?:[\w\s{},*]*from\s)?'@aws-sdk\//m;

describe('the SDK of AWS', () => {
  it('is loaded when it is called for, so that a start without AWS pays nothing', () => {
    const eager = sources.filter(({ text }) => EAGER.test(text));
    assert.deepEqual(
      eager.map(({ file }) => file),
      [],
    );
    assert.match("import { type A, b } from '@aws-sdk/client-s3';", EAGER);
    assert.match("import '@aws-sdk/client-s3';", EAGER);
    assert.doesNotMatch("import type { A } from '@aws-sdk/client-s3';", EAGER);
  });

  it('is known to src/aws alone', () => {
    const knowing = sources.filter(({ text }) => text.includes("'@aws-sdk/"));
    assert.ok(knowing.length > 0);
    assert.deepEqual(
      knowing.map(({ file }) => file).filter((file) => !file.startsWith('aws/')),
      [],
    );
  });
});
