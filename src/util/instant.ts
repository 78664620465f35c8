/**
 * Epoch milliseconds of an ISO-8601 instant with seconds and with `Z` or an offset, e.g. `2026-11-22T10:20:00Z`;
 * null where the text is none, where the calendar has no such day, or where the zone is missing: zones are not guessed.
 */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  // 30 February would silently become 2 March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** Pattern of an instant, for JSON Schema. Offsets end at ±14:00. */
export const INSTANT =
  /^((?:19|2\d)\d\d)-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
