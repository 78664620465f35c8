import type { FileEntry } from '../../files/entry.ts';

/** 0.95 for a header at the beginning, 0.7 for the extension alone (a damaged, compressed or empty cast). */
export function recogniseCast(file: FileEntry, head: Uint8Array): number {
  const text = new TextDecoder().decode(head.subarray(0, 64 * 1024));
  if (isHeader(text)) return 0.95;
  return /\.cast(?:\.gz)?$/.test(file.name) ? 0.7 : 0;
}

/** Version 1 is one object with `stdout`, 2 has a width and 3 a `term` in its first line. */
function isHeader(text: string): boolean {
  if (!text.startsWith('{')) return false;
  const version = /"version"\s{0,4}:\s{0,4}([123])\b/.exec(text.slice(0, 16 * 1024))?.[1];
  if (version === '1') return /"stdout"\s{0,4}:\s{0,4}\[/.test(text);
  const [line = ''] = text.split('\n', 1);
  return version === '2' ? /"width"/.test(line) : version === '3' && /"term"/.test(line);
}
