const decoder = new TextDecoder('utf-8');
// Enough to tell a format; the first hundred lines of a log are like the rest.
const LINES_READ = 100;

/** The first complete lines of a file's beginning, without empty ones. A last line that is cut off is left out. */
export function headLines(head: Uint8Array): readonly string[] {
  const lines = decoder.decode(head).split('\n');
  if (lines.length > 1) lines.pop();
  return lines
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_READ);
}

/** Share of the lines that satisfy the test, 0…1; 0 where there are none. */
export function shareOf(lines: readonly string[], test: (line: string) => boolean): number {
  return lines.length === 0 ? 0 : lines.filter(test).length / lines.length;
}
