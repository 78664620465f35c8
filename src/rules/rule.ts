import type { Level } from '../model/finding.ts';
import type { LogSource, Product } from './log-source.ts';
import type { Predicate } from './sigma/field.ts';
import type { Required } from './sigma/required.ts';
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
  /** Null where a rule on another product's records does not say. */
  readonly author: string | null;
  /** YYYY-MM-DD; null as `author`. */
  readonly date: string | null;
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  /** `logsource.product`: whose records it sees. */
  readonly product: Product;
  /** `logsource.service`: the kind of record it sees. */
  readonly service: LogSource['service'];
  /** False where the rule is switched off: it is listed and tested, and never fires. */
  readonly enabled: boolean;
  readonly file: string;
  /** File of the shipped rule that this own rule replaces. */
  readonly overrides: string | null;
  /** Own file that switches this shipped rule off. */
  readonly switchedOffBy: string | null;
  readonly matches: Predicate;
  /** Values that a record must have to match, for a quick look; empty for offrecord's own records. */
  readonly required: Required;
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
