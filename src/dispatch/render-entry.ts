import type { Finding } from '../model/finding.ts';
import { toIso } from '../util/iso.ts';
import { MAX_SENTENCE, toInert, toUnlinked } from './inert.ts';

/** The parts of a message; every string is inert already. */
export interface Message {
  readonly subject: string;
  readonly summary: string;
  readonly group: string | null;
  readonly entries: readonly Entry[];
  readonly omitted: string | null;
  readonly footer: string;
}

/** One finding as a message shows it; every string is inert. */
export interface Entry {
  readonly heading: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly evidence: readonly string[];
  readonly runbook: readonly string[];
  readonly refs: readonly string[];
}

/**
 * Sentences, runbook lines and records per finding. 50 findings × (12 × 3 + 10 × 3 + 10 + 8) lines × 200 characters
 * are 840 KB of ASCII at most; text, HTML and the mail's encoding stay below the 10 MB that mail servers take.
 */
const MOST = { evidence: 12, runbook: 10, refs: 10 } as const;

export function toEntry(finding: Finding): Entry {
  return {
    heading: toUnlinked(`[${finding.level}] ${finding.title}`),
    facts: facts(finding),
    evidence: limited(
      finding.evidence.map((sentence) => toUnlinked(sentence, MAX_SENTENCE)),
      MOST.evidence,
    ),
    // Written by whoever wrote the rule, not by a log: its links stay links.
    runbook: limited(
      finding.runbook
        .split('\n')
        .flatMap((line) => (line.trim() === '' ? [] : [toInert(line.trim(), MAX_SENTENCE)])),
      MOST.runbook,
    ),
    refs: limited(
      finding.refs.map((ref) => toUnlinked(`${ref.source}: ${ref.record}`)),
      MOST.refs,
    ),
  };
}

/** Width of a value: 200 less the indentation and the label before it. */
const VALUE = 180;

function facts(finding: Finding): (readonly [string, string])[] {
  const all: (readonly [string, string | null])[] = [
    ['target', finding.target],
    ['account', finding.account],
    ['time', toIso(finding.time)],
    ['status', finding.status],
    ['check', finding.check],
    ['finding', finding.uid],
    [finding.subject.type, finding.subject.uid],
  ];
  return all.flatMap(([label, value]) =>
    value === null ? [] : [[label, toUnlinked(value, VALUE)] as const],
  );
}

function limited(items: readonly string[], most: number): readonly string[] {
  if (items.length <= most) return items;
  return [...items.slice(0, most - 1), `and ${items.length - most + 1} more`];
}
