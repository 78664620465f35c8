import type { Level } from '../model/finding.ts';
import type { Service } from './record.ts';
import type { Predicate } from './sigma/field.ts';
import type { Summary } from './summary.ts';

export const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
export type RuleStatus = (typeof STATUSES)[number];

/** What a classification rule says of an access that it matches. */
export const CLASSES = ['privileged', 'break-glass'] as const;
export type RuleClass = (typeof CLASSES)[number];

/** One case that a rule file states about itself. */
export interface RuleTest {
  readonly name: string;
  readonly record: unknown;
  readonly match: boolean;
  /** `file:line:column` of the case. */
  readonly place: string;
}

/** What every rule file states, with Sigma's names (rules specification 2.1). */
interface RuleBase {
  /** UUID: the rule's identity across files and versions. */
  readonly id: string;
  readonly title: string;
  readonly status: RuleStatus;
  readonly description: string;
  readonly references: readonly string[];
  readonly author: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  /** `logsource.service`: the kind of record it sees. */
  readonly service: Service;
  /** False where the rule is switched off: it is listed and tested, and never fires. */
  readonly enabled: boolean;
  readonly file: string;
  /** File of the shipped rule that this own rule replaces. */
  readonly overrides: string | null;
  /** Own file that switches this shipped rule off. */
  readonly switchedOffBy: string | null;
  readonly matches: Predicate;
  readonly tests: readonly RuleTest[];
}

/** A rule whose match is a finding. */
export interface FindingRule extends RuleBase {
  readonly kind: 'finding';
  readonly check: string;
  readonly level: Level;
  readonly summary: Summary;
  /** What to do about it. */
  readonly runbook: string;
}

/** A rule that says which accesses count as privileged or as break-glass. */
export interface ClassificationRule extends RuleBase {
  readonly kind: 'classification';
  readonly classify: RuleClass;
}

export type Rule = FindingRule | ClassificationRule;
