import { LineCounter, parseDocument } from 'yaml';
import { loadRules } from '../../src/rules/load.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { compileDetection } from '../../src/rules/sigma/detection.ts';
import type { Predicate } from '../../src/rules/sigma/field.ts';
import type { RuleProblem } from '../../src/rules/sigma/reading.ts';
import type { DetectionOptions } from '../../src/rules/sigma/selection.ts';

/** Compiles the text of a `detection` on its own; places are in `d.yaml`. */
export function detect(
  text: string,
  options: DetectionOptions = {},
): { matches: Predicate | null; problems: RuleProblem[] } {
  const lines = new LineCounter();
  const problems: RuleProblem[] = [];
  const document = parseDocument(text, { lineCounter: lines });
  const matches = compileDetection(document.contents, { file: 'd.yaml', lines, problems }, options);
  return { matches, problems };
}

/** A whole rule file on accesses; lines of the given keys replace the usual ones, an empty text removes them. */
export function ruleText(changes: Readonly<Record<string, string>> = {}): string {
  const lines: Record<string, string> = {
    title: 'title: Root without a recording',
    id: 'id: 6f4b1f0e-9f0c-4d57-8a51-8a6f5a2f7c11',
    status: 'status: test',
    description: 'description: A rule for tests',
    author: 'author: offrecord',
    date: 'date: 2026-11-22',
    logsource: 'logsource: {product: offrecord, service: access}',
    check: 'check: no-recording',
    level: 'level: high',
    detection: 'detection: {selection: {verdict: unrecorded}, condition: selection}',
    summary: "summary: '{account} on {target.id}'",
    runbook: 'runbook: Ask the person',
    tests:
      'tests: [{name: a, match: true, record: {type: access, verdict: unrecorded}}, ' +
      '{name: b, match: false, record: {type: access, verdict: recorded}}]',
    ...changes,
  };
  return Object.values(lines)
    .filter((line) => line !== '')
    .join('\n');
}

/** Loads one file that must be in order. */
export function loadOne(text: string): Rule {
  const { rules, problems } = loadRules([{ file: 'r.yaml', text }]);
  const [rule] = rules;
  if (rule === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
  return rule;
}

/** `place message` of every problem of one file. */
export function problemsOf(text: string): string[] {
  return loadRules([{ file: 'r.yaml', text }]).problems.map(({ place, message }) => `${place} ${message}`);
}
