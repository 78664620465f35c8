import { fieldValues, textOf } from './sigma/field.ts';

/** A sentence with places for values of the record. */
export interface Summary {
  /** As written, e.g. `{account} on {target.id} was not recorded`. */
  readonly text: string;
  readonly parts: readonly (string | Place)[];
}

/** Where a value goes: that of the first path which the record has. */
interface Place {
  readonly paths: readonly (readonly string[])[];
}

const PLACE = /^\w{1,64}(?:\.\w{1,64}){0,8}(?:\|\w{1,64}(?:\.\w{1,64}){0,8}){0,3}$/;

/** Characters of one value and number of values: a list of reasons stays one line of a mail. */
const LONGEST_VALUE = 200;
const MOST_VALUES = 5;

/** Reads a template. The error names an opening brace without a dotted path and its closing brace. */
export function parseSummary(text: string): Summary | { readonly error: string; readonly at: number } {
  const parts: (string | Place)[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open < 0) break;
    const close = text.indexOf('}', open);
    const place = close < 0 ? '' : text.slice(open + 1, close);
    if (!PLACE.test(place)) {
      return { error: 'a `{` needs a dotted path and a `}` after it', at: open };
    }
    parts.push(text.slice(at, open), { paths: place.split('|').map((path) => path.split('.')) });
    at = close + 1;
  }
  return { text, parts: [...parts, text.slice(at)] };
}

/** The dotted paths that a template names. */
export function pathsOf(summary: Summary): readonly string[] {
  return summary.parts.flatMap((part) =>
    typeof part === 'string' ? [] : part.paths.map((path) => path.join('.')),
  );
}

/** Fills a template. What the record does not have reads as `?`. */
export function renderSummary(summary: Summary, record: unknown): string {
  return summary.parts.map((part) => (typeof part === 'string' ? part : valueText(record, part))).join('');
}

function valueText(record: unknown, { paths }: Place): string {
  const found = paths.map((path) => fieldValues(record, path).flatMap((value) => textOf(value) ?? []));
  const texts = found.find((each) => each.length > 0) ?? [];
  const shown = texts.slice(0, MOST_VALUES).map(printable);
  const more = texts.length > MOST_VALUES ? [`${texts.length - MOST_VALUES} more`] : [];
  return texts.length === 0 ? '?' : [...shown, ...more].join(', ');
}

/** Names in records come from whoever logged in: control and direction characters could forge lines of a mail. */
function printable(text: string): string {
  const cut = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
}
