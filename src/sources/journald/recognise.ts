import { headLines, shareOf } from '../head-lines.ts';

// In export form every entry begins with its address in the journal.
const EXPORT = /^__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP)=/;

/** The journal names its own times in every record, and nothing else does. */
export function recogniseJournald(head: Uint8Array): number {
  const lines = headLines(head);
  if (EXPORT.test(lines[0] ?? '')) return 1;
  return shareOf(lines, (line) => line.startsWith('{') && line.includes('"__REALTIME_TIMESTAMP"'));
}
