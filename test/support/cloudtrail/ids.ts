import { createHash } from 'node:crypto';

/** An id of AWS's form, always the same for the same name. */
export function keyId(prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA', name: string): string {
  return prefix + createHash('sha256').update(name).digest('hex').toUpperCase().slice(0, 16);
}

/** A GUID, always the same for the same parts. */
export function guid(parts: readonly (string | undefined)[]): string {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
