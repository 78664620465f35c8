import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { createProgram } from '../src/cli/program.ts';
import type { Io } from '../src/cli/io.ts';

const root = resolve(import.meta.dirname, '..');

function markdown(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', '.git', 'var', 'dist'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdown(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Anchors as the usual renderers make them from headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(headings.map((one) => one.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')));
}

const silent: Io = {
  env: {},
  stdin: (async function* () {})(),
  isTerminal: false,
  now: () => 0,
  out: async () => {},
  err: () => {},
  signal: new AbortController().signal,
};

describe('documents', () => {
  it('links resolve', () => {
    const broken = markdown(root).flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
      return links
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [path = '', anchor] = link.split('#');
          const target = path === '' ? file : resolve(dirname(file), path);
          if (!existsSync(target)) return true;
          return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
        })
        .map((link) => `${relative(root, file)}: ${link}`);
    });
    assert.deepEqual(broken, []);
  });

  it('the command table of the README is what --help says', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const program = createProgram(silent, async () => {});
    for (const command of program.commands) {
      const inner = command.commands.length === 0 ? [command] : command.commands;
      for (const one of inner) {
        const name = one === command ? command.name() : `${command.name()} ${one.name()}`;
        assert.ok(readme.includes(`\`offrecord ${name}`), `README lacks offrecord ${name}`);
        assert.ok(readme.includes(one.description()), `README lacks "${one.description()}"`);
      }
    }
  });

  it('every option that a guide uses exists', () => {
    const program = createProgram(silent, async () => {});
    const known = new Set(['--help', '--version']);
    const collect = (commands: typeof program.commands): void => {
      for (const command of commands) {
        for (const option of command.options) known.add(option.long ?? '');
        collect(command.commands);
      }
    };
    collect(program.commands);
    const text = markdown(root).map((file) => readFileSync(file, 'utf8')).join('\n');
    const used = [...text.matchAll(/offrecord [^`\n]*?(--[a-z][a-z-]+)/g)].map((match) => match[1] ?? '');
    assert.deepEqual(used.filter((option) => !known.has(option)), []);
  });
});
