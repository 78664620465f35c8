import { sep } from 'node:path';

export interface HostFolder {
  readonly host: string;
  /** Path of the folder `hosts/<name>`. */
  readonly path: string;
}

/** The nearest `hosts/<name>` at or above a folder; null where there is none. */
export function findHostFolder(folder: string): HostFolder | null {
  const parts = folder.split(sep);
  const at = parts.findLastIndex((part, index) => part === 'hosts' && (parts[index + 1] ?? '') !== '');
  const host = at < 0 ? undefined : parts[at + 1];
  return host === undefined ? null : { host, path: parts.slice(0, at + 2).join(sep) };
}
