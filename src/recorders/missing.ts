import type { PinnedFile } from '../files/entry.ts';
import type { Problem, Recording, RecordingIds } from '../model/recording.ts';
import { stableId } from '../util/ids.ts';
import { findPlace as findBoundaryPlace } from './boundary/files.ts';
import { stemOf } from './companions.ts';
import { toRecording, withProblem } from './draft.ts';
import { DEFAULT_NAMES, parseFileName } from './file-names.ts';
import { historyId, isGuacamolePath } from './guacamole/files.ts';
import { findPlace, isTelling, type SsmPlace } from './ssm/names.ts';
import { isMember, pathIds } from './sudo/directory.ts';
import { findPlace as findTeleportPlace } from './teleport/files.ts';
import { baseName, count, folderOf, plural } from './text.ts';

/** A file that a manifest or the store knows and that is no longer there. */
export interface AbsentPin {
  /** As in `FileEntry.name`. */
  readonly name: string;
  readonly host: string | null;
  readonly pinned: PinnedFile;
}

export interface MissingOptions {
  readonly names: readonly string[];
  readonly zone: string;
}

type Present = readonly { readonly name: string }[];

const USUAL: MissingOptions = { names: DEFAULT_NAMES, zone: 'UTC' };

/**
 * One recording, `missing`, for each that was pinned and is gone: a file, or a whole sudo I/O log folder. A companion
 * (timing, sidecar, one stream of a folder) makes none of its own, and neither does a file that was compressed or
 * rotated to a new name among those present.
 */
export function missingRecordings(
  absent: readonly AbsentPin[],
  present: Present = [],
  options: MissingOptions = USUAL,
): readonly Recording[] {
  const here = new Set(present.map((file) => file.name));
  const folders = new Set(present.map((file) => folderOf(file.name)));
  const stems = new Set(present.filter((file) => isTiming(file.name)).map((file) => stemOf(file.name)));
  const gone = absent.filter((pin) => !SUCCESSORS.some((suffix) => here.has(pin.name + suffix)));
  const single = gone.flatMap((pin): Recording[] => {
    const type = recorderOf(pin.name);
    // A script whose timing is still there is found by its recorder, which names the gap.
    if (
      type === null ||
      type === 'sudo' ||
      type === 'ssm' ||
      type === 'boundary' ||
      (type === 'script' && stems.has(stemOf(pin.name)))
    )
      return [];
    return [missingFile(pin, type, options)];
  });
  return [
    ...single,
    ...missingIoLogs(
      gone.filter((pin) => recorderOf(pin.name) === 'sudo'),
      folders,
    ),
    ...missingUnits('ssm', gone, present),
    ...missingUnits('boundary', gone, present),
  ];
}

/** Recordings that are there, with a gap for each companion that was pinned and is gone. */
export function noteAbsentCompanions(
  recordings: readonly Recording[],
  absent: readonly AbsentPin[],
): readonly Recording[] {
  const byOwner = new Map<string, AbsentPin[]>();
  for (const pin of absent) {
    const owner = ownerOf(pin.name);
    if (owner !== null) byOwner.set(owner, [...(byOwner.get(owner) ?? []), pin]);
  }
  return recordings.map((recording) => {
    if (recording.state === 'missing') return recording;
    const inFolder = IN_FOLDERS.has(recording.recorder);
    const owner = inFolder ? recording.ref.source : stemOf(recording.ref.source);
    const pins = (byOwner.get(owner) ?? []).filter(
      (pin) => pin.host === null || pin.host === recording.target,
    );
    return pins.reduce((noted, pin) => noteAbsent(noted, pin), recording);
  });
}

const IN_FOLDERS: ReadonlySet<string> = new Set(['boundary', 'ssm', 'sudo']);

/** What a companion belongs to: the folder of its members, or the beginning of a name; null for all other files. */
function ownerOf(path: string): string | null {
  const type = recorderOf(path);
  if (type === 'sudo') return folderOf(path);
  if (type === 'boundary') return findBoundaryPlace(path)?.key ?? null;
  if (type !== 'ssm') return companionStem(path);
  const place = findSsmPlace(path);
  return place === null || place.layout === 'file' ? null : place.key;
}

function noteAbsent(recording: Recording, pin: AbsentPin): Recording {
  const name = baseName(pin.name);
  const known = recording.problems.some(
    (problem) => problem.code === 'recording-gap' && problem.detail.includes(name),
  );
  if (known) return recording;
  const code: Problem['code'] = name.endsWith('.meta.json')
    ? 'recording-metadata-incomplete'
    : 'recording-gap';
  return withProblem(recording, { code, detail: `${name}: ${pinnedText(pin.pinned)}, now absent` });
}

// What logrotate and compression make of a name.
const SUCCESSORS = ['.gz', '.1', '.1.gz', '.0', '.bz2', '.xz', '.zst'];

const BY_EXTENSION: readonly (readonly [RegExp, string])[] = [
  [/\.cast(?:\.gz)?$/, 'asciicast'],
  [/\.ttyrec(?:\.gz)?$/, 'ttyrec'],
  [/\.typescript(?:\.gz)?$/, 'script'],
];

const BY_FOLDER: Readonly<Record<string, string>> = {
  tlog: 'tlog',
  asciinema: 'asciicast',
  asciicast: 'asciicast',
  script: 'script',
  typescript: 'script',
  typescripts: 'script',
  ttyrec: 'ttyrec',
};

/** Type of the recorder that a path belongs to, by member name, extension and folder; null for companions. */
function recorderOf(path: string): string | null {
  const name = baseName(path);
  const inIoLog = isMember(name) && (/(?:^|\/)sudo/.test(path) || pathIds(folderOf(path)).tsid !== undefined);
  if (inIoLog) return 'sudo';
  if (findSsmPlace(path) !== null) return 'ssm';
  // Parts of an upload go away when it is completed.
  if (findTeleportPlace(path)?.kind === 'stored') return 'teleport';
  if (findBoundaryPlace(path) !== null) return 'boundary';
  if (isGuacamolePath(path) && !name.endsWith('.json')) return 'guacamole';
  if (name === 'seq' || name.endsWith('.json') || isTiming(path)) return null;
  const byExtension = BY_EXTENSION.find(([pattern]) => pattern.test(name))?.[1];
  const folder = path
    .split('/')
    .slice(0, -1)
    .findLast((segment) => Object.hasOwn(BY_FOLDER, segment));
  return byExtension ?? BY_FOLDER[folder ?? ''] ?? null;
}

/** A file that is gone has no content to confirm it: only a name that is none by chance counts. */
function findSsmPlace(path: string): SsmPlace | null {
  const place = findPlace(path);
  if (place === null || place.layout !== 'file') return place;
  return isTelling(place.cloudSession) && /\.(?:log|txt|json|jsonl|ndjson)(?:\.gz)?$/.test(path)
    ? place
    : null;
}

function isTiming(path: string): boolean {
  return /\.(?:timing|tm)(?:\.gz)?$/.test(path);
}

function companionStem(path: string): string | null {
  if (path.endsWith('.meta.json')) return path.slice(0, -'.meta.json'.length);
  return isTiming(path) || /\.(?:in|input)(?:\.gz)?$/.test(path) ? stemOf(path) : null;
}

function missingFile(pin: AbsentPin, type: string, options: MissingOptions): Recording {
  const name = parseFileName(pin.name, options.names, options.zone);
  return missing(pin.host, type, pin.name, {
    problem: `${pinnedText(pin.pinned)}, now absent`,
    opened: name?.opened ?? null,
    closed: pin.pinned.mtimeMs,
    bytes: pin.pinned.size,
    account: name?.account ?? null,
    ids: idsOf(pin, type, name?.pid ?? null),
  });
}

function idsOf(pin: AbsentPin, type: string, pid: number | null): RecordingIds {
  const sid = type === 'teleport' ? (findTeleportPlace(pin.name)?.sid ?? null) : null;
  const id = type === 'guacamole' ? historyId(pin.name) : null;
  return {
    ...(pid === null ? {} : { pid }),
    ...(sid === null ? {} : { cloudSession: sid }),
    ...(id === null ? {} : { id }),
  };
}

/** Where a path that belongs to a unit of several files says that the unit lies, and its ids. */
const UNIT_PLACES: Readonly<
  Record<'ssm' | 'boundary', (path: string) => { readonly key: string; readonly ids: RecordingIds } | null>
> = {
  ssm: (path) => {
    const place = findPlace(path);
    return place === null ? null : { key: place.key, ids: { cloudSession: place.cloudSession } };
  },
  boundary: (path) => {
    const place = findBoundaryPlace(path);
    return place === null ? null : { key: place.key, ids: { id: place.id } };
  },
};

/** A transcript that is gone; a stream's parts, a command's outputs or a folder where none of them is left. */
function missingUnits(
  type: keyof typeof UNIT_PLACES,
  gone: readonly AbsentPin[],
  present: Present,
): readonly Recording[] {
  const placeOf = UNIT_PLACES[type];
  const pins = gone.filter((pin) => recorderOf(pin.name) === type);
  const left = new Set(present.map((file) => placeOf(file.name)?.key));
  const units = Map.groupBy(pins, (pin) => placeOf(pin.name)?.key ?? pin.name);
  return [...units].flatMap(([key, members]): Recording[] => {
    const [first] = members;
    const place = first === undefined ? null : placeOf(first.name);
    if (first === undefined || place === null || left.has(key)) return [];
    const bytes = members.reduce((sum, pin) => sum + pin.pinned.size, 0);
    const closed = Math.max(...members.map((pin) => pin.pinned.mtimeMs));
    const problem = `${pinnedText({ size: bytes, mtimeMs: closed })}, now absent`;
    return [
      missing(first.host, type, key, { problem, opened: null, closed, bytes, account: null, ids: place.ids }),
    ];
  });
}

/** A folder counts as gone where none of its files is left. */
function missingIoLogs(pins: readonly AbsentPin[], present: ReadonlySet<string>): readonly Recording[] {
  const folders = Map.groupBy(pins, (pin) => folderOf(pin.name));
  return [...folders].flatMap(([folder, members]): Recording[] => {
    const [first] = members;
    if (present.has(folder) || first === undefined || !isWholeLog(members)) return [];
    const bytes = members.reduce((sum, pin) => sum + pin.pinned.size, 0);
    const closed = Math.max(...members.map((pin) => pin.pinned.mtimeMs));
    // sudo writes `log` when the command starts and never again.
    const opened = members.find((pin) => baseName(pin.name) === 'log')?.pinned.mtimeMs ?? null;
    const problem = `${pinnedText({ size: bytes, mtimeMs: closed })} in ${plural(members.length, 'file')}, now absent`;
    return [
      missing(first.host, 'sudo', folder, {
        problem,
        opened,
        closed,
        bytes,
        account: null,
        ids: pathIds(folder),
      }),
    ];
  });
}

/** Who calls without the files present must not take one lost stream for a lost folder. */
function isWholeLog(members: readonly AbsentPin[]): boolean {
  const names = new Set(members.map((pin) => baseName(pin.name)));
  return names.has('timing') && (names.has('log') || names.has('log.json'));
}

type Known = Pick<Recording, 'opened' | 'closed' | 'bytes' | 'account' | 'ids'> & {
  readonly problem: string;
};

function missing(host: string | null, type: string, place: string, known: Known): Recording {
  const { problem, ...fields } = known;
  const recording = toRecording({
    ...fields,
    uid: stableId('rec', [type, 'missing', host ?? '', place]),
    recorder: type,
    ref: { source: place, record: '' },
    holds: 'content',
    problems: [{ code: 'recording-deleted-early', detail: problem }],
    resolution: 1000,
    covers: type === 'sudo' ? 'elevation' : 'session',
    launch: STARTED_BY_SESSION.has(type) ? 'session' : 'unknown',
    target: host,
  });
  return { ...recording, state: 'missing' };
}

const STARTED_BY_SESSION: ReadonlySet<string> = new Set([
  'boundary',
  'guacamole',
  'ssm',
  'sudo',
  'teleport',
  'tlog',
]);

function pinnedText({ size, mtimeMs }: Pick<PinnedFile, 'size' | 'mtimeMs'>): string {
  // Beyond ±8.64e15 ms there are no dates.
  const when = Math.abs(mtimeMs) <= 8.64e15 ? new Date(mtimeMs).toISOString() : 'an unknown day';
  return `pinned on ${when} with ${size === 1 ? '1 byte' : `${count(size)} bytes`}`;
}
