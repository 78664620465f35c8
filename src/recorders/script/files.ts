import type { FileEntry } from '../../files/entry.ts';
import { companionsOf, indexByStem, stemOf } from '../companions.ts';
import type { Unit } from '../recorder.ts';
import { baseName, folderOf } from '../text.ts';

/**
 * 0.95 for the header of a typescript, 0.9 for that of an advanced timing file, 0.6 for a classic timing file known
 * by content and name, 0.45 for what a folder named `script` holds without a header (empty or damaged).
 */
export function recogniseScript(file: FileEntry, head: Uint8Array): number {
  const text = Buffer.from(head.subarray(0, 4096)).toString('latin1');
  if (text.startsWith('Script started on ')) return 0.95;
  if (/^H \d{1,10}\.\d{1,9} [A-Z_]{2,32} /.test(text)) return 0.9;
  if (isTimingName(file.name))
    return head.length === 0 || /^\d{1,10}\.\d{1,9} \d{1,10}\n/.test(text) ? 0.6 : 0;
  return isTypescriptPath(file.name) ? 0.45 : 0;
}

export function isTimingName(path: string): boolean {
  return /\.(?:timing|tm)(?:\.gz)?$/.test(path);
}

function isTypescriptPath(path: string): boolean {
  const named = /^typescript|\.typescript(?:\.gz)?$/.test(baseName(path));
  const inFolder = /(?:^|\/)(?:script|typescripts?)\/[^/]+$/.test(path);
  return named || (inFolder && /\.log(?:\.gz)?$/.test(path));
}

/** A typescript with the files that share its name; a timing file whose typescript is gone is a unit of its own. */
export function groupScripts(files: readonly FileEntry[], siblings: readonly FileEntry[]): readonly Unit[] {
  const index = indexByStem(siblings.length > 0 ? siblings : files);
  const timings = files.filter((file) => isTimingName(file.path));
  const logs = new Map(files.filter((file) => !isTimingName(file.path)).map((file) => [file.path, file]));
  // A typescript of zero bytes is recognised by nothing but the timing file beside it.
  for (const log of timings.flatMap((timing) => logOf(timing, index) ?? [])) logs.set(log.path, log);
  const units = [...logs.values()]
    .filter((log) => !isInputOf(log, logs, index))
    .map((log): Unit => ({ key: log.path, files: [log, ...companionsOf(log, index)] }));
  const paired = new Set(units.flatMap((unit) => unit.files.map((file) => file.path)));
  const alone = timings.filter((timing) => !paired.has(timing.path));
  return joinStrangers(units, alone, index);
}

/** A log of what was typed, kept apart beside the typescript of the same name. */
function isInputOf(
  log: FileEntry,
  logs: ReadonlyMap<string, FileEntry>,
  index: ReturnType<typeof indexByStem>,
): boolean {
  if (!/\.(?:in|input)(?:\.gz)?$/.test(log.path)) return false;
  return companionsOf(log, index).some((beside) => logs.has(beside.path));
}

/** `x.log` for `x.timing`, and `x` or `x.log` for `x.log.timing`: a file beside it that is no timing and no JSON. */
function logOf(timing: FileEntry, index: ReturnType<typeof indexByStem>): FileEntry | null {
  const stem = stemOf(timing.path);
  const beside = companionsOf(timing, index).filter(
    (file) => !isTimingName(file.path) && !file.path.endsWith('.json'),
  );
  return (
    beside.find((file) => file.path === stem) ??
    beside.find((file) => /\.(?:log|typescript|txt|out|scr|script)(?:\.gz)?$/.test(file.path)) ??
    null
  );
}

/** The one typescript and the one timing file of a folder belong together, whatever they are called. */
function joinStrangers(
  units: readonly Unit[],
  alone: readonly FileEntry[],
  index: ReturnType<typeof indexByStem>,
): readonly Unit[] {
  const joined = alone.map((timing): Unit => {
    const folder = folderOf(timing.path);
    const timings = alone.filter((other) => folderOf(other.path) === folder);
    const logs = units.filter(
      (unit) => folderOf(unit.key) === folder && !unit.files.some((file) => isTimingName(file.path)),
    );
    const [log] = logs;
    if (log === undefined || logs.length > 1 || timings.length > 1)
      return { key: timing.path, files: [timing, ...companionsOf(timing, index)] };
    return { key: log.key, files: [...log.files, timing] };
  });
  const replaced = new Set(joined.map((unit) => unit.key));
  return [...units.filter((unit) => !replaced.has(unit.key)), ...joined];
}
