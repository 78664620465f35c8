import { createHash } from 'node:crypto';

/**
 * A stable id from the parts that identify a record.
 * 20 hex digits (80 bits): at 10^9 records the chance of any collision is about 4e-7.
 */
export function stableId(
  prefix: 'ev' | 'rec' | 'acc' | 'fnd' | 'alr',
  parts: readonly (string | number)[],
): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(String(part));
    hash.update('\0');
  }
  return `${prefix}_${hash.digest('hex').slice(0, 20)}`;
}
