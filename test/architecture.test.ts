import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { FORMATS } from '../src/sources/registry.ts';
import { RECORDERS } from '../src/recorders/registry.ts';

const root = resolve(import.meta.dirname, '..');
const sources = files(join(root, 'src')).filter((file) => file.endsWith('.ts'));

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

/** Folders that a folder of src may import from, besides itself. */
const CORE = ['correlate', 'assess', 'exceptions', 'rules', 'health', 'dispatch'];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  util: [],
  model: ['util', 'files'],
  envelope: ['model', 'util'],
  messages: ['envelope', 'model', 'util'],
  files: ['model', 'util'],
  aws: ['model', 'util'],
  ssh: ['files', 'model', 'util'],
  digests: ['model', 'util'],
  receive: ['files', 'model', 'util'],
  sources: ['envelope', 'messages', 'files', 'model', 'util'],
  recorders: ['envelope', 'files', 'model', 'util'],
  notify: ['dispatch', 'model', 'util'],
  store: ['files', 'model', 'util'],
  telemetry: ['model', 'util'],
  config: ['recorders', 'sources', 'receive', 'notify', 'model', 'util'],
  ...Object.fromEntries(CORE.map((name) => [name, [...CORE, 'notify', 'model', 'util']])),
  daemon: ['*'],
  cli: ['*'],
};

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('architecture', () => {
  it('imports go one way', () => {
    const wrong = sources.flatMap((file) => {
      const [from = ''] = relative(join(root, 'src'), file).split('/');
      const allowed = ALLOWED[from];
      if (!allowed || allowed.includes('*')) return [];
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(join(root, 'src'), resolve(dirname(file), name)).split('/')[0] ?? '')
        .filter((to) => to !== from && !allowed.includes(to))
        .map((to) => `${relative(root, file)} imports ${to}/`);
    });
    assert.deepEqual(wrong, []);
  });

  it('the core does no input or output and reads no clock', () => {
    const pure = [...CORE, 'envelope', 'messages', 'model'];
    const wrong = sources
      .filter((file) => pure.includes(relative(join(root, 'src'), file).split('/')[0] ?? ''))
      .filter((file) => {
        const text = readFileSync(file, 'utf8');
        return (
          importsOf(file).some((name) => name.startsWith('node:')) || /\bDate\.now\(|new Date\(\)/.test(text)
        );
      });
    assert.deepEqual(
      wrong.map((file) => relative(root, file)),
      [],
    );
  });

  it('a plugin imports no sibling', () => {
    const wrong = sources.flatMap((file) => {
      const [kind, plugin, ...rest] = relative(join(root, 'src'), file).split('/');
      if (!['sources', 'recorders', 'notify'].includes(kind ?? '') || rest.length === 0) return [];
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(join(root, 'src'), resolve(dirname(file), name)).split('/'))
        .filter(([toKind, toPlugin, ...more]) => toKind === kind && more.length > 0 && toPlugin !== plugin)
        .map((to) => `${relative(root, file)} imports ${to.join('/')}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('no file is longer than 400 lines', () => {
    const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 400);
    assert.deepEqual(
      long.map((file) => relative(root, file)),
      [],
    );
  });

  it('every plugin folder has its registry line and a README, and every line its folder', () => {
    for (const [kind, types] of [
      ['sources', FORMATS.map((one) => one.type)],
      ['recorders', RECORDERS.map((one) => one.type)],
    ] as const) {
      const folders = readdirSync(join(root, 'src', kind), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name);
      assert.deepEqual([...types].sort(), folders.sort(), kind);
      for (const folder of folders)
        assert.ok(existsSync(join(root, 'src', kind, folder, 'README.md')), folder);
    }
  });

  it('ARCHITECTURE.md names every folder of src', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of folders) assert.ok(text.includes(`\`src/${name}\``), `src/${name} is missing`);
  });
});
