/**
 * Characters that end lines, move cursors, hide text or reorder it. Account names and host names come from logs,
 * and whoever can fail to log in can choose them.
 * Cc control, Cf format (bidi overrides, zero width, tags), Cs lone surrogates, Zl and Zp line separators.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Mail servers may refuse lines above 998 bytes (RFC 5322 2.1.1): 200 characters of up to 4 bytes stay below it. */
export const MAX_LINE = 200;

/** Longest sentence that is kept, in characters: three lines. */
export const MAX_SENTENCE = 600;

/** One line of at most `max` characters that does nothing but be read. */
export function toInert(text: string, max: number = MAX_LINE): string {
  // Cut first: what follows is linear, and must not run over a megabyte that a log line brought along.
  const characters = Array.from(text.slice(0, 4 * max).replace(UNSAFE, ' '));
  const cut = characters.length > max || text.length > 4 * max;
  return cut ? `${characters.slice(0, max - 1).join('')}…` : characters.join('');
}

/** As `toInert`, and mail programs do not turn it into a link: `https://x` reads `https[:]//x`. */
export function toUnlinked(text: string, max: number = MAX_LINE): string {
  return toInert(
    toInert(text, max)
      .replaceAll('://', '[:]//')
      .replaceAll(/\bwww\./gi, 'www[.]'),
    max,
  );
}

/** An inert text in lines that leave `indent` characters free, broken at spaces where there are any. */
export function toLines(text: string, indent: number): string[] {
  const width = MAX_LINE - indent;
  const lines: string[] = [];
  let rest = Array.from(text);
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end).join(''));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  return [...lines, rest.join('')];
}

/** Text for HTML: nothing in it can become a tag, an attribute or an entity. */
export function toHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
