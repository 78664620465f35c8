/** Values for `%name%`, given by whoever loads the rules. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

/** Texts that one written value may stand for: four dashes, or a list of 1,000 names. */
const MOST_TEXTS = 1000;

/** Every way in which Windows programs write the dash of an option (Sigma modifiers appendix, `windash`). */
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
const DASH = /\B[-/\u2013\u2014\u2015](?=\w)/;
const PLACEHOLDER = /^%([\w.-]{1,64})%/;

export type Expanded = { readonly texts: readonly string[] } | { readonly error: string };

/** Replaces every `%name%` by each of its values; `\%` is a percent sign. A value without any is an error. */
export function expandPlaceholders(text: string, placeholders: Placeholders): Expanded {
  const parts = splitPlaceholders(text);
  if (parts.length === 1) return { error: '`expand` without a placeholder such as `%name%` in the value' };
  const unknown = parts.filter((part, index) => index % 2 === 1 && !placeholders.has(part));
  if (unknown.length > 0) {
    return { error: `no values are given for ${unknown.map((name) => `\`%${name}%\``).join(', ')}` };
  }
  return combine(
    parts.map((part, index) => {
      return index % 2 === 1 ? (placeholders.get(part) ?? []) : [part.replaceAll('\\%', '%')];
    }),
  );
}

/** Every spelling of the dashes that begin a word. */
export function expandDashes(text: string): Expanded {
  const parts: string[][] = [];
  let rest = text;
  for (let match = DASH.exec(rest); match !== null; match = DASH.exec(rest)) {
    parts.push([rest.slice(0, match.index)], DASHES);
    rest = rest.slice(match.index + 1);
  }
  return combine([...parts, [rest]]);
}

/** Texts and placeholder names by turns, beginning with a text. */
function splitPlaceholders(text: string): string[] {
  const parts: string[] = [];
  let kept = '';
  let rest = text;
  while (rest !== '') {
    const escaped = rest.startsWith('\\%');
    const match = escaped ? null : PLACEHOLDER.exec(rest);
    if (match !== null) {
      parts.push(kept, match[1] ?? '');
      kept = '';
      rest = rest.slice(match[0].length);
    } else {
      kept += rest.slice(0, escaped ? 2 : 1);
      rest = rest.slice(escaped ? 2 : 1);
    }
  }
  return [...parts, kept];
}

function combine(choices: readonly (readonly string[])[]): Expanded {
  let texts: readonly string[] = [''];
  for (const choice of choices) {
    if (texts.length * choice.length > MOST_TEXTS) {
      return { error: `the value stands for more than ${MOST_TEXTS} texts` };
    }
    texts = texts.flatMap((text) => choice.map((next) => text + next));
  }
  return { texts };
}
