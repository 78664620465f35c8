export interface JsonMember {
  readonly key: string;
  /** JSON text of the value. */
  readonly value: string;
}

/**
 * Members of a JSON object in the order written, repeated keys included. Only the outer structure is read: the
 * values are for a JSON parser to judge. Null where the text is no object. Linear, without recursion.
 */
export function findMembers(text: string): readonly JsonMember[] | null {
  const members: JsonMember[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return null;
  at = skipSpace(text, at + 1);
  while (text[at] !== '}') {
    const keyEnd = stringEnd(text, at);
    const colon = keyEnd === null ? -1 : skipSpace(text, keyEnd);
    if (keyEnd === null || text[colon] !== ':') return null;
    const start = skipSpace(text, colon + 1);
    const end = valueEnd(text, start);
    if (end === null) return null;
    members.push({ key: text.slice(at + 1, keyEnd - 1), value: text.slice(start, end) });
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] !== '}') return null;
  }
  return skipSpace(text, at + 1) === text.length ? members : null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at++;
  return at;
}

/** Index behind a string that begins at `from`; null where there is none or it does not end. */
function stringEnd(text: string, from: number): number | null {
  if (text[from] !== '"') return null;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return null;
}

/** Index behind the value that begins at `from`; null where it does not end. */
function valueEnd(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = stringEnd(text, at);
      if (end === null) return null;
      at = end - 1;
    } else if (char === '{' || char === '[') depth++;
    else if (depth === 0 && (char === ',' || char === '}' || char === ']')) return at > from ? at : null;
    else if (char === '}' || char === ']') depth--;
    if (depth === 0 && (char === '"' || char === '}' || char === ']')) return at + 1;
  }
  return null;
}
