import { type Document, isMap, LineCounter, parseDocument, visit } from 'yaml';
import { LEVELS } from '../model/finding.ts';
import { readTests, toRecordCheck } from './cases.ts';
import { CHECKS, FOREIGN_CHECK } from './checks.ts';
import { FOREIGN_DEFAULTS, FOREIGN_KEYS } from './foreign.ts';
import { type Keys, readChoice, readFlag, readText, reportUnknown, requireKey, valueOf } from './keys.ts';
import { isForeign, type LogSource, readLogSource } from './log-source.ts';
import { readMetadata, readRuleId, SIGMA_KEYS } from './metadata.ts';
import { fieldProblem } from './record.ts';
import { CLASSES, type ClassificationRule, type FindingRule, type Rule, type RuleClass } from './rule.ts';
import { INDEXED_FIELDS } from './screen.ts';
import { compileDetection } from './sigma/detection.ts';
import type { Placeholders } from './sigma/expand.ts';
import { offsetWithin, type Reading, type RuleProblem, report } from './sigma/reading.ts';
import { requiredValues } from './sigma/required.ts';
import { parseSummary, pathsOf, type Summary } from './summary.ts';

/** A rule file's bytes, already read. */
export interface RuleFile {
  /** Name for a person. */
  readonly file: string;
  readonly text: string;
  /** True for a rule of the owner: it replaces a shipped rule with the same id. */
  readonly own?: boolean;
  /** The text is that of a good file without its tests. */
  readonly headOnly?: boolean;
}

/** `id` and `enabled: false` alone switch a shipped rule off. */
export interface SwitchOff {
  readonly kind: 'off';
  readonly id: string;
  readonly file: string;
}

export interface ReadRule {
  /** Null where there are problems. */
  readonly result: Rule | SwitchOff | null;
  readonly problems: readonly RuleProblem[];
}

/**
 * Characters of one file; the longest shipped one has under 10,000. The parser compares each key of a map with
 * each: the 21,000 keys that fit take it some seconds, ten times as many would take minutes.
 */
const LONGEST_FILE = 64 * 1024;

/** YAML 1.2 alone, whatever a directive says: no `yes` for true, no merged maps, no tags of other types. */
const YAML = {
  schema: 'core',
  version: '1.2',
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
} as const;

const OWN_KEYS = ['check', 'classify', 'summary', 'runbook', 'tests', 'enabled'];
const KNOWN_KEYS = [...SIGMA_KEYS, ...OWN_KEYS];

/** Reads one rule file. Total: any text gives a rule or problems with their places, all at once. */
export function readRule(file: RuleFile, placeholders: Placeholders): ReadRule {
  const lines = new LineCounter();
  const reading: Reading = { file: file.file, lines, problems: [] };
  if (file.text.length > LONGEST_FILE) {
    report(reading, 0, `longer than ${LONGEST_FILE} characters`);
    return { result: null, problems: reading.problems };
  }
  const result = readBounded(file, reading, placeholders);
  return { result: reading.problems.length > 0 ? null : result, problems: reading.problems };
}

function readBounded(file: RuleFile, reading: Reading, placeholders: Placeholders): Rule | SwitchOff | null {
  try {
    const document = parseDocument(file.text, { ...YAML, lineCounter: reading.lines });
    reportYaml(document, reading);
    const usable = reading.problems.length === 0;
    return usable ? readDocument(document, reading, placeholders, file) : null;
  } catch (error) {
    // Maps inside maps exhaust the stack of whatever walks them; anything else is a fault of this program.
    if (!(error instanceof RangeError)) throw error;
    report(reading, 0, 'maps and lists are nested too deeply');
    return null;
  }
}

function reportYaml(document: Document, reading: Reading): void {
  for (const fault of [...document.errors, ...document.warnings]) {
    report(reading, fault.pos[0], fault.message.split('\n')[0] ?? fault.code);
  }
  if (document.errors.length > 0) return;
  // Aliases can make a small file stand for a huge one, and other Sigma tools do not read them.
  visit(document, {
    Alias: (_, node) => report(reading, node, 'aliases are not supported'),
  });
}

function readDocument(
  document: Document,
  reading: Reading,
  placeholders: Placeholders,
  { own = false, headOnly = false }: RuleFile,
): Rule | SwitchOff | null {
  const node = document.contents;
  if (!isMap(node)) {
    report(reading, node, 'a rule file is a map');
    return null;
  }
  const keys: Keys = { reading, node };
  const off = own ? readSwitchOff(keys) : null;
  return off ?? readWholeRule(keys, document, placeholders, headOnly);
}

function readSwitchOff(keys: Keys): SwitchOff | null {
  const names = keys.node.items.map((pair) => String(pair.key));
  const short = names.includes('id') && names.includes('enabled') && names.every((name) => SHORT.has(name));
  if (!short || readFlag(keys, 'enabled') !== false) return null;
  const id = readRuleId(keys);
  return id === null ? null : { kind: 'off', id, file: keys.reading.file };
}

/** `title` may say which rule the id means. */
const SHORT = new Set(['id', 'enabled', 'title']);

function readWholeRule(
  keys: Keys,
  document: Document,
  placeholders: Placeholders,
  headOnly: boolean,
): Rule | null {
  const source = readLogSource(keys);
  const foreign = isForeign(keys);
  reportUnknown(keys, foreign ? [...KNOWN_KEYS, ...FOREIGN_KEYS] : KNOWN_KEYS);
  const metadata = readMetadata(keys, foreign);
  const kind = readKind(keys, foreign);
  const enabled = readFlag(keys, 'enabled') ?? true;
  const classifies = kind === 'classification';
  const detection = valueOf(keys, 'detection');
  const matches = compileDetection(detection, keys.reading, {
    placeholders,
    objectsAsText: foreign,
    ...(source?.product === 'offrecord'
      ? { fieldProblem: (path) => fieldProblem(source.service, classifies, path) }
      : {}),
  });
  const untested = source === null || headOnly || (foreign && !keys.node.has('tests'));
  const tests = untested ? [] : readTests(keys, document, toRecordCheck(source, classifies));
  const own = kind === null ? null : KIND_KEYS[kind](keys, source);
  if (metadata === null || source === null || matches === null || own === null) return null;
  const required = foreign ? requiredValues(detection, INDEXED_FIELDS) : new Map();
  const { file } = keys.reading;
  const origin = { file, overrides: null, switchedOffBy: null };
  return { ...metadata, ...source, ...own, enabled, matches, required, tests, ...origin };
}

const KIND_KEYS = { finding: readFinding, classification: readClassification };

/** A rule on another product's records that says nothing of offrecord's is a rule that finds. */
function readKind(keys: Keys, foreign: boolean): Rule['kind'] | null {
  const finds = keys.node.has('check');
  const classifies = keys.node.has('classify');
  if (finds !== classifies) return finds ? 'finding' : 'classification';
  if (foreign && !finds) return 'finding';
  report(keys.reading, keys.node, 'a rule has either `check` or `classify`');
  return null;
}

type FindingKeys = Pick<FindingRule, 'kind' | 'check' | 'level' | 'summary' | 'runbook'>;

function readFinding(keys: Keys, source: LogSource | null): FindingKeys | null {
  const foreign = isForeign(keys);
  for (const key of foreign ? [] : ['level', 'summary', 'runbook']) requireKey(keys, key);
  const isLeftOut = (key: string): boolean => foreign && !keys.node.has(key);
  const check = isLeftOut('check') ? FOREIGN_CHECK : readChoice(keys, 'check', CHECKS);
  const level = isLeftOut('level') ? FOREIGN_DEFAULTS.level : readChoice(keys, 'level', LEVELS);
  const summary = readSummary(keys, source, isLeftOut('summary') ? FOREIGN_DEFAULTS.summary : null);
  const runbook = isLeftOut('runbook') ? FOREIGN_DEFAULTS.runbook : readText(keys, 'runbook');
  if (check === null || level === null || summary === null || runbook === null) return null;
  return { kind: 'finding', check, level, summary, runbook };
}

function readClassification(
  keys: Keys,
  source: LogSource | null,
): Pick<ClassificationRule, 'kind' | 'classify'> | null {
  const classify: RuleClass | null = readChoice(keys, 'classify', CLASSES);
  for (const key of ['level', 'summary', 'runbook'].filter((name) => keys.node.has(name))) {
    report(keys.reading, valueOf(keys, key), `a rule that classifies makes no finding and has no \`${key}\``);
  }
  if (source !== null && source.service !== 'access') {
    report(
      keys.reading,
      valueOf(keys, 'logsource'),
      'only accesses are classified: `service` must be `access`',
    );
  }
  return classify === null ? null : { kind: 'classification', classify };
}

function readSummary(keys: Keys, source: LogSource | null, standard: string | null): Summary | null {
  const node = valueOf(keys, 'summary');
  const text = standard ?? readText(keys, 'summary', { longest: 1024 });
  if (text === null) return null;
  const summary = parseSummary(text);
  if ('error' in summary) {
    report(keys.reading, offsetWithin(node as Parameters<typeof offsetWithin>[0], summary.at), summary.error);
    return null;
  }
  const problems =
    source?.product === 'offrecord'
      ? pathsOf(summary).map((path) => fieldProblem(source.service, false, path))
      : [];
  for (const problem of problems.filter((each) => each !== null)) report(keys.reading, node, problem);
  return summary;
}
