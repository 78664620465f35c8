/** A number as people read it in a problem's detail: `1,204`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 byte`, `1,204 bytes`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export type Range = readonly [first: number, last: number];

// A detail is one sentence for a person: ten ranges fill two lines of a terminal.
const RANGES_SHOWN = 10;

/** Ranges of ids as text: `4`, `4–6, 9` and, beyond ten ranges, how many more there are. */
export function rangesText(ranges: readonly Range[]): string {
  const shown = ranges
    .slice(0, RANGES_SHOWN)
    .map(([first, last]) => (first === last ? String(first) : `${first}–${last}`));
  const more = ranges.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${plural(more, 'more range')}` : '');
}

/** The last segment of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Everything before the last segment, without the slash; empty for a bare name. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** A terminal as join keys spell it: without `/dev/`; null where none is named. */
export function ttyName(tty: string | null | undefined): string | null {
  const name = tty?.startsWith('/dev/') === true ? tty.slice('/dev/'.length) : tty;
  return name === undefined || name === null || name === '' || name === 'unknown' ? null : name;
}
