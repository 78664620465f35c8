import { daysIn } from './sigma/time-part.ts';
import { report } from './sigma/reading.ts';
import { isService, SERVICES, type Service } from './record.ts';
import { type RuleStatus, STATUSES } from './rule.ts';
import {
  type Keys,
  readChoice,
  readMap,
  readText,
  readTexts,
  reportUnknown,
  requireKey,
  valueOf,
} from './keys.ts';

/** Sigma's metadata of a rule, without its level and detection. */
export interface Metadata {
  readonly id: string;
  readonly title: string;
  readonly status: RuleStatus;
  readonly description: string;
  readonly references: readonly string[];
  readonly author: string;
  readonly date: string;
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  readonly service: Service;
}

/** Keys of Sigma that say something about the rule file and change nothing about what it finds. */
export const SIGMA_KEYS: readonly string[] = (
  'title id related name status description license author references date modified logsource detection ' +
  'fields falsepositives level tags scope'
).split(' ');

const REQUIRED = ['title', 'id', 'status', 'description', 'author', 'date', 'logsource', 'detection'];

const UUID = {
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  shape: 'a UUID in lower case',
};
const DATE = { pattern: /^\d{4}-\d\d-\d\d$/, shape: 'a date such as 2026-11-22' };
const TAG = {
  pattern: /^[a-z0-9_-]{1,64}(?:\.[a-z0-9_-]{1,64}){1,8}$/,
  shape: 'a namespace and a name in lower case, such as attack.t1078',
};

/** Reads the metadata; null, with every problem reported, where any of it is missing or wrong. */
export function readMetadata(keys: Keys): Metadata | null {
  for (const key of REQUIRED) requireKey(keys, key);
  const id = readRuleId(keys);
  const title = readText(keys, 'title', { longest: 256 });
  const status = readChoice(keys, 'status', STATUSES);
  const description = readText(keys, 'description');
  const author = readText(keys, 'author', { longest: 256 });
  const date = readDate(keys, 'date');
  const service = readService(keys);
  const lists = {
    references: readTexts(keys, 'references'),
    tags: readTexts(keys, 'tags', TAG),
    falsepositives: readTexts(keys, 'falsepositives'),
  };
  readDate(keys, 'modified');
  if (id === null || title === null || status === null || description === null) return null;
  if (author === null || date === null || service === null) return null;
  return { id, title, status, description, author, date, service, ...lists };
}

/** The rule's UUID. */
export function readRuleId(keys: Keys): string | null {
  return readText(keys, 'id', UUID);
}

function readDate(keys: Keys, key: string): string | null {
  const date = readText(keys, key, DATE);
  if (date === null) return null;
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (day >= 1 && day <= daysIn(year, month)) return date;
  report(keys.reading, valueOf(keys, key), `\`${key}\` is no day of the calendar`);
  return null;
}

/** Rules see offrecord's own records, so a log source of another product would never match. */
function readService(keys: Keys): Service | null {
  const source = readMap(keys, 'logsource');
  if (source === null) return null;
  reportUnknown(source, ['product', 'service', 'definition']);
  requireKey(source, 'product');
  requireKey(source, 'service');
  const product = readChoice(source, 'product', ['offrecord']);
  const service = readChoice(source, 'service', SERVICES);
  return product !== null && service !== null && isService(service) ? service : null;
}
