import type { FileEntry } from '../../files/entry.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';

/** Files of one I/O log; `seq` above them counts sessions and is no recording. */
export const STREAMS = ['stdin', 'stdout', 'stderr', 'ttyin', 'ttyout'] as const;
export type StreamName = (typeof STREAMS)[number];

const MEMBERS: ReadonlySet<string> = new Set(['log', 'log.json', 'timing', ...STREAMS]);

/** True for the base name of a file that belongs to an I/O log. */
export function isMember(name: string): boolean {
  return MEMBERS.has(name);
}

/** 0.9 for a log that names submitter and target, 0.5 for a member known by its name alone or the `seq` file. */
export function recogniseIoLog(file: FileEntry, head: Uint8Array): number {
  const name = baseName(file.name);
  const text = new TextDecoder().decode(head.subarray(0, 16 * 1024));
  if (name === 'log') return head.length === 0 ? 0.4 : LOG_LINE.test(text) ? 0.9 : 0;
  if (name === 'log.json') return head.length === 0 ? 0.4 : LOG_JSON.test(text) ? 0.9 : 0.2;
  if (name === 'timing') return head.length === 0 || isGzip(head) || TIMING_LINE.test(text) ? 0.6 : 0;
  if (name === 'seq') return /^[0-9A-Z]{6}\n?$/.test(text) ? 0.5 : 0;
  return MEMBERS.has(name) ? 0.5 : 0;
}

const LOG_LINE = /^\d{9,11}:[^:\n]{1,255}:[^:\n]{0,255}:[^:\n]{0,255}:/;
const LOG_JSON = /"(?:submituser|runuser|runargv|submithost)"/;
const TIMING_LINE = /^[0-7] \d{1,10}\.\d{1,9} /;

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** A folder is an I/O log where it holds at least two kinds of its files: any log, `timing` or a stream. */
export function groupIoLogs(files: readonly FileEntry[], siblings: readonly FileEntry[]): readonly Unit[] {
  const folders = new Set(files.map((file) => folderOf(file.path)));
  const members = new Map<string, FileEntry[]>();
  for (const file of siblings.length > 0 ? siblings : files) {
    const folder = folderOf(file.path);
    if (!folders.has(folder) || !MEMBERS.has(baseName(file.path))) continue;
    members.set(folder, [...(members.get(folder) ?? []), file]);
  }
  return [...members].filter(([, found]) => isIoLog(found)).map(([key, found]) => ({ key, files: found }));
}

function isIoLog(found: readonly FileEntry[]): boolean {
  const names = new Set(found.map((file) => baseName(file.path)));
  const kinds = [
    names.has('log') || names.has('log.json'),
    names.has('timing'),
    STREAMS.some((stream) => names.has(stream)),
  ];
  return kinds.filter(Boolean).length >= 2;
}

/** Path below the I/O log's root and the TSID that its digits spell; free forms keep folder and parent. */
export function pathIds(folder: string): { readonly iologPath: string; readonly tsid?: string } {
  const digits = /(?:^|\/)(([0-9A-Z]{2})\/([0-9A-Z]{2})\/([0-9A-Z]{2}))$/.exec(folder);
  if (digits !== null) return { iologPath: digits[1] ?? '', tsid: `${digits[2]}${digits[3]}${digits[4]}` };
  return { iologPath: folder.split('/').slice(-2).join('/') };
}
