import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';

const FILE = fileURLToPath(new URL('../../config.example.yaml', import.meta.url));
const TEXT = readFileSync(FILE, 'utf8');

function example(text: string): Config {
  const loaded = loadConfig({
    file: FILE,
    text,
    env: { OFFRECORD_SMTP_PASSWORD: 'x' },
    readSecret: () => 'whsec_MDEyMzQ1Njc4OWFiY2RlZg==',
    machineZone: 'America/New_York',
  });
  assert.ok('config' in loaded, JSON.stringify(loaded));
  return loaded.config;
}

test('the example needs no secret and no environment', () => {
  const loaded = loadConfig({ file: FILE, text: TEXT, env: {}, readSecret: () => new Error('none') });
  assert.ok('config' in loaded, JSON.stringify(loaded));
});

test('what the example has in comments is valid too', () => {
  const receivers = TEXT.replaceAll(/^ {2}# (- id:.*| {2}\w+:.*)$/gm, '  $1');
  assert.deepEqual(
    example(receivers).receivers.map(({ id, type }) => [id, type]),
    [
      ['alerts-folder', 'file'],
      ['soc-mail', 'email'],
      ['soc-webhook', 'webhook'],
    ],
  );
  const rest = TEXT.replaceAll(/^( *)# ((?:silent_after|zone|evidence|valid_from|valid_until):.*)$/gm, '$1$2')
    .replace('# rules:', 'rules:')
    .replace('#   paths: [./my-rules]', '  paths: [./my-rules]');
  const config = example(rest);
  assert.equal(config.sources[0]?.zone, 'Europe/Berlin');
  assert.equal(config.inventory.targets[0]?.evidence, 'E4');
  assert.equal(config.rules.paths.length, 1);
});

test('every path that the example reads leads to a file that is shipped', () => {
  const { sources, recorders, exceptions } = example(TEXT);
  for (const path of [...sources, ...recorders].flatMap(({ paths }) => paths)) {
    assert.ok(globSync(path).length > 0, path);
  }
  assert.ok(globSync(`${exceptions.path}/*.yaml`).length > 0);
});

test('a value that the example calls a default is one', () => {
  const shown = example(TEXT);
  const least = example('sources: [{id: a, paths: [b]}]\n');
  assert.equal(shown.schedule, least.schedule);
  assert.deepEqual(shown.store, least.store);
  assert.deepEqual(shown.judging, least.judging);
  assert.deepEqual(shown.log, least.log);
  assert.equal(shown.exceptions.maxDurationMs, least.exceptions.maxDurationMs);
  assert.equal(shown.exceptions.expiringBeforeMs, least.exceptions.expiringBeforeMs);
  const { receivers: _shown, ...shownRoute } = shown.route;
  const { receivers: _least, ...leastRoute } = least.route;
  assert.deepEqual(shownRoute, leastRoute);
});
