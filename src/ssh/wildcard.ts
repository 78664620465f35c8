/**
 * True where a text matches a pattern in which `*` stands for any characters and `?` for one. Linear in memory, and
 * in time at most the product of both lengths: only the last star is ever taken back.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [at, from, star, resume] = [0, 0, -1, 0];
  while (from < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      resume = from;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
