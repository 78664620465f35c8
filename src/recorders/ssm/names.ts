import { baseName, folderOf } from '../text.ts';

/** What a path says about the recording that a file belongs to. */
export interface SsmPlace {
  readonly kind: 'session' | 'command';
  /** As `RecordingIds.cloudSession`: a session id, or `COMMAND-ID/INSTANCE-ID`. */
  readonly cloudSession: string;
  /** One file; the parts of one exported log stream; or the outputs of one command on one instance. */
  readonly layout: 'file' | 'parts' | 'outputs';
  /** The file itself, or the folder where several files make one recording. */
  readonly key: string;
}

/**
 * Reads `<prefix>/<SessionId>.log`, `…/<task>/<stream>/000000.gz` of a log group's export, and
 * `…/<CommandId>/<InstanceId>/…/stdout` of Run Command's output. Null for every other path.
 */
export function findPlace(path: string): SsmPlace | null {
  // Keys of S3 have 1,024 bytes and paths of Linux 4,096.
  if (path.length > 4096) return null;
  return commandOutput(path) ?? streamExport(path) ?? sessionFile(path);
}

/**
 * The id in a base name or stream name: a name, a hyphen, and 17 hex digits or 26 letters and digits; else null. The
 * agent takes colons out of object names.
 */
export function toSessionId(name: string): string | null {
  const id = name.replaceAll(':', '');
  return id.length <= 128 && SESSION.test(id) ? id : null;
}

/** True for an id that is none by chance: long numbers end the names of many files, letters between digits do not. */
export function isTelling(cloudSession: string): boolean {
  const end = cloudSession.slice(cloudSession.lastIndexOf('-') + 1);
  return /\d/.test(end) && /[a-z]/.test(end);
}

/** What a log stream belongs to, by its name: a session, or one output of a command on one instance. */
export function findStream(name: string): Pick<SsmPlace, 'kind' | 'cloudSession'> | null {
  const [, command, instance] = COMMAND_STREAM.exec(name.slice(0, 512)) ?? [];
  if (command !== undefined && instance !== undefined)
    return { kind: 'command', cloudSession: `${command}/${instance}` };
  const session = toSessionId(name);
  return session === null ? null : { kind: 'session', cloudSession: session };
}

/** A target as accesses name it: a container by the names of its cluster and task, everything else as it is. */
export function toTarget(target: string): string {
  const [, cluster, task] = ECS_TARGET.exec(target) ?? [];
  return cluster === undefined || task === undefined ? target : `${cluster}/${task}`;
}

/** A base name without compression and extension. */
export function nameOf(path: string): string {
  return baseName(path)
    .replace(/\.gz$/, '')
    .replace(/\.(?:log|txt|json|jsonl|ndjson)$/, '');
}

/** True for a name that says JSON: transcripts are not called so. */
export function isJsonName(path: string): boolean {
  return /\.(?:json|jsonl|ndjson)(?:\.gz)?$/.test(path);
}

const SESSION = /^[\w+=,.@-]{1,100}-(?:[0-9a-f]{17}|[a-z0-9]{26})$/;
// Names of clusters may hold underscores themselves.
const ECS_TARGET = /^ecs:([\w-]{1,255})_([0-9a-f-]{1,64})_([0-9a-z-]{1,128})$/;
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const INSTANCE = 'm?i-[0-9a-f]{8,17}';
// Between instance and output stand the plugin and its step; documents in documents add a few folders.
const OUTPUT = new RegExp(`^(.*(?:^|/)(${UUID})/(${INSTANCE}))/(?:[^/]+/){0,6}(?:stdout|stderr)(?:\\.gz)?$`);
// A stream is named with slashes, which an export to a bucket makes hyphens.
const COMMAND_STREAM = new RegExp(`^(${UUID})[/-](${INSTANCE})[/-].{0,300}(?:stdout|stderr)$`);
const PART = /^\d{6}(?:\.gz)?$/;
const TASK = new RegExp(`^${UUID}$`);

function commandOutput(path: string): SsmPlace | null {
  const [, key, command, instance] = OUTPUT.exec(path) ?? [];
  if (key === undefined) return null;
  return { kind: 'command', layout: 'outputs', cloudSession: `${command}/${instance}`, key };
}

/** Parts of one stream make one recording, also where several export tasks took it day by day. */
function streamExport(path: string): SsmPlace | null {
  if (!PART.test(baseName(path))) return null;
  const folder = folderOf(path);
  const stream = findStream(baseName(folder));
  if (stream === null) return null;
  const above = folderOf(folder);
  const key = TASK.test(baseName(above)) ? `${folderOf(above)}/${baseName(folder)}` : folder;
  return { ...stream, layout: 'parts', key };
}

function sessionFile(path: string): SsmPlace | null {
  const cloudSession = toSessionId(nameOf(path));
  return cloudSession === null ? null : { kind: 'session', layout: 'file', cloudSession, key: path };
}
