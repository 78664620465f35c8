import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Compares a published JSON Schema with the one that the code gives. After a change of the code
 * `UPDATE_SCHEMAS=1 npm test` writes it anew.
 */
export function assertPublished(name: string, schema: unknown): void {
  const folder = new URL('../../schema/', import.meta.url);
  const file = new URL(name, folder);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (process.env['UPDATE_SCHEMAS'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(
    readFileSync(file, 'utf8'),
    text,
    `schema/${name} is out of date: run UPDATE_SCHEMAS=1 npm test`,
  );
}
