import { FOREIGN_DEFAULTS } from './foreign.ts';
import { type Keys, readChoice, readText, readTexts, requireKey, valueOf } from './keys.ts';
import { type RuleStatus, STATUSES } from './rule.ts';
import { report } from './sigma/reading.ts';
import { daysIn } from './sigma/time-part.ts';

/** Sigma's metadata of a rule, without its level, log source and detection. */
export interface Metadata {
  readonly id: string;
  readonly title: string;
  readonly status: RuleStatus;
  readonly description: string;
  readonly references: readonly string[];
  readonly author: string | null;
  readonly date: string | null;
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
}

/** Keys of Sigma that say something about the rule file and change nothing about what it finds. */
export const SIGMA_KEYS: readonly string[] = (
  'title id related name taxonomy status description license author references date modified logsource detection ' +
  'fields falsepositives level tags scope'
).split(' ');

const REQUIRED = ['title', 'id', 'logsource', 'detection'];
const REQUIRED_OF_OWN = ['status', 'description', 'author', 'date'];

const UUID = {
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  shape: 'a UUID in lower case',
};
const DATE = { pattern: /^\d{4}-\d\d-\d\d$/, shape: 'a date such as 2026-11-22' };
/** Sigma wrote dates with slashes until its version 2. */
const FOREIGN_DATE = { pattern: /^\d{4}([-/])\d{1,2}\1\d{1,2}$/, shape: DATE.shape };
const TAG = {
  pattern: /^[a-z0-9_-]{1,64}(?:\.[a-z0-9_-]{1,64}){1,8}$/,
  shape: 'a namespace and a name in lower case, such as attack.t1078',
};

/**
 * Reads the metadata; null, with every problem reported, where any of it is missing or wrong. A rule on the records
 * of another product (`foreign`) may leave out what Sigma lets it leave out, and writes it as other tools allow.
 */
export function readMetadata(keys: Keys, foreign: boolean): Metadata | null {
  for (const key of foreign ? REQUIRED : [...REQUIRED, ...REQUIRED_OF_OWN]) requireKey(keys, key);
  const id = readRuleId(keys);
  const title = readText(keys, 'title', { longest: 256 });
  const stated = {
    status: readChoice(keys, 'status', STATUSES),
    description: readText(keys, 'description'),
    author: readText(keys, 'author', foreign ? {} : { longest: 256 }),
    date: readDate(keys, 'date', foreign),
  };
  const lists = {
    references: readTexts(keys, 'references', { single: foreign }),
    tags: readTexts(keys, 'tags', foreign ? { single: true } : TAG),
    falsepositives: readTexts(keys, 'falsepositives', { single: foreign }),
  };
  readDate(keys, 'modified', foreign);
  if (foreign) readTaxonomy(keys);
  if (id === null || title === null) return null;
  if (!foreign && Object.values(stated).includes(null)) return null;
  const { status, description, author, date } = stated;
  const known = { status: status ?? FOREIGN_DEFAULTS.status, description: description ?? title };
  return { id, title, author, date, ...known, ...lists };
}

/** The rule's UUID. */
export function readRuleId(keys: Keys): string | null {
  return readText(keys, 'id', UUID);
}

function readDate(keys: Keys, key: string, foreign: boolean): string | null {
  const text = readText(keys, key, foreign ? FOREIGN_DATE : DATE);
  if (text === null) return null;
  const [year = '', month = '', day = ''] = text.split(/[-/]/);
  if (Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month))) {
    return [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-');
  }
  report(keys.reading, valueOf(keys, key), `\`${key}\` is no day of the calendar`);
  return null;
}

/** Another taxonomy means other names of fields, and a rule that names other fields would never match. */
function readTaxonomy(keys: Keys): void {
  readChoice(keys, 'taxonomy', ['sigma']);
}
