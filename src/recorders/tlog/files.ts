import type { FileEntry } from '../../files/entry.ts';
import { toStreams } from '../../files/rotation.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';

/**
 * 0.95 for bare tlog messages at the head; 0.6 for a file that its path gives to tlog (also an empty one);
 * 0.45 where its content is damaged; 0.3 for a log of any program, which may carry tlog messages among others:
 * first of all it is a source.
 */
export function recogniseTlog(file: FileEntry, head: Uint8Array): number {
  const text = new TextDecoder().decode(head.subarray(0, 64 * 1024));
  if (BARE.test(text)) return 0.95;
  if (isLog(text)) return 0.3;
  if (!isTlogPath(file.name)) return 0;
  if (head.length === 0 || isGzip(head) || text.startsWith('{')) return 0.6;
  return /\.(?:log|jsonl?|ndjson)(?:[.-]\d{1,14})?$/.test(file.name) ? 0.45 : 0;
}

const BARE = /^\{"ver":"[\d.]{1,8}","host":"[^"\n]{0,255}","rec":"/;

/** True where a file begins like a log of many programs: syslog, or JSON of journald or a shipper. */
export function isLog(text: string): boolean {
  return SYSLOG_LINE.test(text) || JSON_LINE.test(text);
}

const SYSLOG_LINE =
  /^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)/;
const JSON_LINE = /^\{[^\n]{0,8192}"(?:_[A-Z_]{1,64}|MESSAGE|msg|message)":/;

/** True for a path that says tlog: a folder or file named so, or tlog's own `rec.log`. */
export function isTlogPath(path: string): boolean {
  return path.split('/').includes('tlog') || /^(?:tlog|rec\.log)/.test(baseName(path));
}

/** A log and its rotated files make one unit, oldest first: a recording goes on across a rotation. */
export function groupTlog(files: readonly FileEntry[]): readonly Unit[] {
  return toStreams(files).map((stream) => {
    const members = stream.files.map((file) => file.entry);
    // The live name in the folder of its files: stable when the live file is missing for a moment.
    return { key: `${folderOf(members[0]?.path ?? '')}/${baseName(stream.id)}`, files: members };
  });
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}
