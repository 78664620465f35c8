import { hash } from 'node:crypto';

/**
 * A stable id from the parts that identify a record.
 * 20 hex digits (80 bits): at 10^9 records the chance of any collision is about 4e-7.
 */
export function stableId(
  prefix: 'ev' | 'rec' | 'acc' | 'fnd' | 'alr',
  parts: readonly (string | number)[],
): string {
  // One call for all parts: opening a hash costs more than hashing a line.
  return `${prefix}_${hash('sha256', `${parts.join('\0')}\0`, 'hex').slice(0, 20)}`;
}
