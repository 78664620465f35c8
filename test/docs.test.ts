import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { parse as parseYaml } from 'yaml';
import { COMMAND, drawCheck, PICTURE } from '../scripts/check-svg.ts';
import type { Io } from '../src/cli/io.ts';
import { createProgram, runProgram } from '../src/cli/program.ts';
import { loadConfig } from '../src/config/load.ts';
import { toIdentity } from '../src/correlate/identity.ts';
import { RETRY_MS } from '../src/dispatch/outbox.ts';
import { loadExceptions } from '../src/exceptions/load.ts';
import { toExceptionPolicy } from '../src/exceptions/policy.ts';
import { exceptionJsonSchema } from '../src/exceptions/schema.ts';
import { parseManifest } from '../src/files/manifest.ts';
import { RECORDERS } from '../src/recorders/registry.ts';
import { CHECKS } from '../src/rules/checks.ts';
import { loadRules } from '../src/rules/load.ts';
import { ACCESS_FIELDS, VERDICT_FIELDS } from '../src/rules/records/access.ts';
import { CHANGE_FIELDS } from '../src/rules/records/change.ts';
import { CONTROL_FIELDS } from '../src/rules/records/control.ts';
import { EXCEPTION_FIELDS } from '../src/rules/records/exception.ts';
import { RECORDER_FIELDS } from '../src/rules/records/recorder.ts';
import { RECORDING_FIELDS } from '../src/rules/records/recording.ts';
import { RUN_FIELDS } from '../src/rules/records/run.ts';
import { SOURCE_FIELDS } from '../src/rules/records/source.ts';
import { TRAIL_FIELDS } from '../src/rules/records/trail.ts';
import { testRules } from '../src/rules/report.ts';
import { FORMATS } from '../src/sources/registry.ts';
import { toDuration } from '../src/util/duration.ts';

const root = resolve(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', '.git', 'var', 'dist', 'coverage', 'fixtures']);

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

interface Document {
  /** Path below the root. */
  readonly file: string;
  readonly text: string;
}

/** A code block; its info string says what it is, and so how it is checked. */
interface Fence {
  readonly place: string;
  readonly info: string;
  readonly text: string;
}

const documents: readonly Document[] = filesIn(root, '.md').map((path) => ({
  file: relative(root, path),
  text: readFileSync(path, 'utf8'),
}));
const guides = documents.filter(({ file }) => file === 'README.md' || file.startsWith('docs/'));
const fences = guides.flatMap(fencesOf);

function fencesOf({ file, text }: Document): Fence[] {
  const found = text.matchAll(/^```(\S.*)\n([\s\S]*?)^```$/gm);
  return [...found].map(({ 1: info = '', 2: body = '', index }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length}`,
    info: info.trim(),
    text: body,
  }));
}

function fencesWith(info: string): Fence[] {
  const some = fences.filter((fence) => fence.info === info || fence.info.startsWith(`${info} `));
  assert.ok(some.length > 0, `no guide has a block marked ${info}`);
  return some;
}

function guide(file: string): string {
  const found = documents.find((one) => one.file === file);
  assert.ok(found, `${file} is missing`);
  return found.text;
}

/** Anchors as the usual renderers make them from headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] ?? '');
  const plain = headings.map((one) => one.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, ''));
  return new Set(plain.map((one) => one.replace(/\s/g, '-')));
}

function ioTo(printed: string[]): Io {
  return {
    env: {},
    stdin: (async function* () {})(),
    isTerminal: false,
    now: () => 0,
    out: async (text) => void printed.push(text),
    err: (text) => void printed.push(text),
    signal: new AbortController().signal,
  };
}

async function run(argv: readonly string[]): Promise<{ readonly printed: string; readonly exit: number }> {
  const printed: string[] = [];
  const exit = await runProgram(argv, ioTo(printed));
  return { printed: printed.join(''), exit };
}

type Program = ReturnType<typeof createProgram>;
const program: Program = createProgram(ioTo([]), async () => {});

/** Every command that runs, by its whole name. */
function commandsOf({ commands }: Pick<Program, 'commands'>, prefix = ''): Map<string, Program> {
  const named = commands.flatMap((one): [string, Program][] => {
    const name = `${prefix}${one.name()}`;
    const inner = commandsOf(one, `${name} `);
    return inner.size > 0 ? [...inner] : [[name, one]];
  });
  return new Map(named);
}

const commands = commandsOf(program);
const shipped = filesIn(join(root, 'rules'), '.yaml').map((path) => ({
  file: relative(root, path),
  text: readFileSync(path, 'utf8'),
}));

const loaded = loadRules([
  ...shipped,
  ...fencesWith('yaml rule').map(({ place, text }) => ({ file: place, text, own: true })),
]);

describe('documents', () => {
  it('links resolve', () => {
    const broken = documents.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^[a-z]+:/.test(link) && !resolves(file, link))
        .map((link) => `${file}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it('no document names a place of one machine', () => {
    const named = documents.filter(({ text }) => /\/(?:root|work|tmp)\//.test(text)).map(({ file }) => file);
    assert.deepEqual(named, []);
  });

  it('the command table of the README is what --help says', () => {
    const rows = [...guide('README.md').matchAll(/^\| `offrecord ([a-z ]+)[^`]*` \| (.+) \|$/gm)];
    const table = new Map(rows.map((row) => [(row[1] ?? '').trim(), row[2]]));
    assert.deepEqual(table, new Map([...commands].map(([name, one]) => [name, one.description()])));
  });

  it('every command and option in a document exists', () => {
    const wrong = documents.flatMap(({ file, text }) =>
      [...text.replaceAll('\\\n', ' ').matchAll(/\boffrecord(?:\.js)? ([a-z]+)\b([^`\n|&]*)/g)]
        .flatMap((match) => findWrongUse(match[1] ?? '', match[2] ?? ''))
        .map((use) => `${file}: ${use}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('the picture shows what check prints', async () => {
    assert.equal(readFileSync(PICTURE, 'utf8'), await drawCheck(), 'run: node scripts/check-svg.ts');
    assert.ok(guide('README.md').includes(COMMAND));
  });

  it('commands in the guides print what the guides say', async () => {
    assert.equal(process.cwd(), root, 'the guides speak of paths below the root');
    for (const { place, text } of fencesWith('console')) {
      let exit = 0;
      for (const part of text.split(/^\$ /m).filter((each) => each !== '')) {
        const [command = '', ...expected] = part.split('\n');
        const result = command === 'echo $?' ? { printed: `${exit}\n`, exit: 0 } : await run(argvOf(command));
        assert.equal(result.printed, expected.join('\n'), place);
        exit = result.exit;
      }
    }
  });
});

function resolves(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, from) : resolve(root, dirname(from), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor);
}

const WORDS = new Set(['alert', 'exceptions', 'configuration', 'finds', 'reads', 'can', 'has', 'needs']);

/** Options that the command does not have; nothing where the word after the program's name is no command. */
function findWrongUse(first: string, rest: string): string[] {
  const name = [`${first}${/^ [a-z]+/.exec(rest)?.[0] ?? ''}`, first].find((one) => commands.has(one));
  const options = [...rest.matchAll(/--[a-z][a-z-]+/g)].map((match) => match[0]);
  if (name === undefined) {
    return WORDS.has(first) || options.length === 0 ? [] : [`there is no command ${first}`];
  }
  const known = commands.get(name)?.options.map((option) => option.long) ?? [];
  return options.filter((one) => !known.includes(one)).map((one) => `offrecord ${name} has no ${one}`);
}

function argvOf(command: string): string[] {
  const [npx, name, ...argv] = command.split(' ');
  assert.deepEqual([npx, name], ['npx', 'offrecord'], `a console block runs offrecord alone: ${command}`);
  return argv;
}

describe('YAML and JSON in the guides', () => {
  it('every YAML block says what it is, so that none goes unchecked', () => {
    const kinds = new Set(['yaml config', 'yaml exception', 'yaml rule', 'yaml fragment']);
    const unmarked = fences.filter(({ info }) => info.startsWith('yaml') && !kinds.has(info));
    assert.deepEqual(unmarked, []);
    for (const { place, text } of fencesWith('yaml fragment'))
      assert.doesNotThrow(() => parseYaml(text), place);
  });

  it('configurations are valid', () => {
    for (const { place, text } of fencesWith('yaml config'))
      assert.deepEqual(problemsOfConfig(text), [], place);
  });

  it('a configuration with a slip is not', () => {
    assert.deepEqual(problemsOfConfig('route: {receivers: [soc]}').length, 1);
  });

  it('exceptions are valid', () => {
    for (const { place, text } of fencesWith('yaml exception')) {
      const names = toIdentity({ targets: [], principals: [] });
      const policy = toExceptionPolicy({ names, approvers: ['ciso'], checks: CHECKS });
      const { exceptions, problems } = loadExceptions([{ file: place, text }], policy);
      assert.deepEqual(problems, []);
      assert.ok(exceptions.length > 0, place);
    }
  });

  it('rules are valid beside the shipped ones, and pass their tests', () => {
    assert.deepEqual(loaded.problems, []);
    for (const { place } of fencesWith('yaml rule')) {
      const own = loaded.rules.filter((rule) => rule.file === place || rule.switchedOffBy === place);
      assert.equal(own.length, 1, place);
      const failed = testRules(own).filter((result) => !result.ok);
      assert.deepEqual(failed, [], place);
    }
  });

  it('manifests are valid', () => {
    for (const { place, text } of fencesWith('json manifest')) {
      const { manifest, problems } = parseManifest(`/${place}`, text);
      assert.deepEqual(problems, []);
      assert.ok((manifest?.entries.size ?? 0) > 0, place);
    }
  });

  it('the webhook verification accepts a signed alert and nothing else', async () => {
    const [fence] = fencesWith('js verify');
    const module = `data:text/javascript,${encodeURIComponent(fence?.text ?? '')}`;
    const { verify } = (await import(module)) as { verify: (...given: readonly unknown[]) => boolean };
    const key = Buffer.alloc(32, 7).toString('base64');
    const headers = (at: Date) => ({
      'webhook-id': 'alr_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(key).sign('alr_1', at, '{"a":1}'),
    });
    assert.equal(verify(headers(new Date()), '{"a":1}', key), true);
    assert.equal(verify(headers(new Date()), '{"a":2}', key), false);
    assert.equal(verify(headers(new Date(0)), '{"a":1}', key), false);
  });
});

/** Problems of a configuration; a part of one gets the source that every configuration must have. */
function problemsOfConfig(text: string): readonly unknown[] {
  const whole = /^sources:/m.test(text) ? text : `sources: [{id: logs, paths: [.]}]\n${text}`;
  const names = [...whole.matchAll(/\{env: (\w+)\}/g)].map((match) => match[1] ?? '');
  const secret = Buffer.alloc(32, 7).toString('base64');
  const env = Object.fromEntries(names.map((name) => [name, secret]));
  const loaded = loadConfig({ file: 'config.yaml', text: whole, env, readSecret: () => secret });
  return 'problems' in loaded ? loaded.problems : [];
}

describe('docs/output.md', () => {
  let checked: readonly unknown[] = [];
  before(async () => {
    const { printed, exit } = await run([...argvOf(COMMAND), '--format', 'ndjson']);
    assert.equal(exit, 1);
    checked = linesOf(printed);
  });

  it('examples are lines that check prints', () => {
    const shown = fencesWith('json check').map(({ text }) => JSON.parse(text) as { type: string });
    for (const line of shown) assert.ok(holds(checked, line), `no such line: ${JSON.stringify(line)}`);
    const types = (lines: readonly unknown[]) => new Set(lines.map((line) => Object(line).type));
    assert.deepEqual(types(shown), types(checked));
  });

  it('examples are lines that parse prints', async () => {
    for (const { place, info, text } of fencesWith('json parse')) {
      const [, , type = '', file = ''] = info.split(' ');
      const { printed } = await run(['parse', '--as', type, file, '--now', '2026-11-23T12:00:00Z']);
      assert.ok(holds(linesOf(printed), JSON.parse(text)), place);
    }
  });

  it('names every key of every line', () => {
    const keys = new Set(checked.flatMap((line) => Object.keys(Object(line))));
    const missing = [...keys].filter((key) => !new RegExp(`["\`]${key}["\`]`).test(guide('docs/output.md')));
    assert.deepEqual(missing, []);
  });
});

function linesOf(printed: string): unknown[] {
  return printed
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

function holds(lines: readonly unknown[], wanted: unknown): boolean {
  const text = canonical(wanted);
  return lines.some((line) => canonical(line) === text);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

describe('tables in the guides', () => {
  it('docs/sources.md has a row for every format and recorder, and links to its notes', () => {
    const text = guide('docs/sources.md');
    const rows = new Set([...text.matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1]));
    const folders = [
      ...FORMATS.map(({ type }) => ['sources', type] as const),
      ...RECORDERS.map(({ type }) => ['recorders', type] as const),
    ];
    const missing = folders.filter(
      ([kind, type]) => !rows.has(type) || !text.includes(`(../src/${kind}/${type}/README.md)`),
    );
    assert.deepEqual(missing, []);
  });

  it('docs/rules.md has every field of every service, and no other', () => {
    const fields = {
      access: [...ACCESS_FIELDS, ...VERDICT_FIELDS],
      recording: RECORDING_FIELDS,
      source: SOURCE_FIELDS,
      recorder: RECORDER_FIELDS,
      control: CONTROL_FIELDS,
      change: CHANGE_FIELDS,
      trail: TRAIL_FIELDS,
      exception: EXCEPTION_FIELDS,
      run: RUN_FIELDS,
    };
    for (const [service, known] of Object.entries(fields)) {
      const section = guide('docs/rules.md').split(`\n### ${service}\n`)[1]?.split(/\n##/)[0] ?? '';
      const cells = [...section.matchAll(/^\| (`.+?`) \|/gm)].map((row) => row[1] ?? '');
      const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
      assert.deepEqual(named.toSorted(), known.toSorted(), service);
    }
  });

  it('docs/exceptions.md has every key of a record and of its scope', () => {
    const text = guide('docs/exceptions.md');
    const schema = exceptionJsonSchema() as {
      $defs: { exception: { properties: Record<string, { properties?: Record<string, unknown> }> } };
    };
    const { properties } = schema.$defs.exception;
    const keys = [...Object.keys(properties), ...Object.keys(properties['scope']?.properties ?? {})];
    assert.deepEqual(
      keys.filter((key) => !text.includes(`\`${key}\``)),
      [],
    );
  });

  it('docs/operating.md explains every finding about the measurement that a shipped rule makes', () => {
    const checks = loaded.rules.flatMap((rule) => (rule.kind === 'finding' ? [rule] : []));
    const health = checks.filter(({ service }) => ['source', 'recorder', 'run'].includes(service));
    const text = guide('docs/operating.md');
    const missing = health
      .filter(({ check }) => !text.includes(`| \`${check}\` |`))
      .map(({ check }) => check);
    assert.deepEqual(missing, []);
  });

  it('docs/alerts.md has the retries as they are made', () => {
    const words = RETRY_MS.slice(1).map((ms) => toDuration(ms).replace(/(\d+)(\w)/, '$1 $2'));
    const minutes = words.map((word) => word.replace(/ m$/, ' min').replace(/^1 d$/, '24 h'));
    const list = `at once, then ${minutes.slice(0, -1).join(', ')} and ${minutes.at(-1)}`;
    assert.ok(guide('docs/alerts.md').replaceAll('\n', ' ').includes(list), list);
  });
});
