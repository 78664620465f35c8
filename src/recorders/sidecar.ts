import { parseEpochTime, parseIsoTime } from '../envelope/time.ts';
import type { FileEntry } from '../files/entry.ts';
import type { Problem } from '../model/recording.ts';
import { checkPinned } from './pinned.ts';
import { readWhole } from './read.ts';
import type { Sidecar } from './recorder.ts';
import { baseName, ttyName } from './text.ts';

/** Sidecars looked for where the configuration declares none. */
export const DEFAULT_SIDECARS: readonly Sidecar[] = [
  {
    suffix: '.meta.json',
    fields: {
      account: 'user',
      ip: 'client_ip',
      port: 'client_port',
      tty: 'tty',
      auditSession: 'sessionid',
      opened: 'start',
      id: 'id',
    },
  },
];

/** What a sidecar says; absent keys and values of another type are unknown. */
export interface SidecarFacts {
  readonly account: string | null;
  readonly ip: string | null;
  readonly port: number | null;
  readonly tty: string | null;
  readonly auditSession: number | null;
  readonly pid: number | null;
  /** Epoch ms. */
  readonly opened: number | null;
  readonly openedResolution: number;
  readonly openedAssumed: boolean;
  readonly id: string | null;
}

export interface SidecarReading {
  readonly name: string | null;
  readonly facts: SidecarFacts | null;
  readonly problems: readonly Problem[];
}

// A sidecar is a handful of fields; 64 KiB is a hundred times the largest one seen.
const SIDECAR_LIMIT = 64 * 1024;

/** Finds and reads the first declared sidecar among the files of a unit. `stem` is its path without suffix. */
export async function readSidecar(
  stem: string,
  files: readonly FileEntry[],
  declared: readonly Sidecar[],
  zone: string,
): Promise<SidecarReading> {
  for (const sidecar of declared) {
    const file = files.find((candidate) => candidate.path === stem + sidecar.suffix);
    if (file !== undefined) return readOne(file, sidecar, zone);
  }
  return { name: null, facts: null, problems: [] };
}

async function readOne(file: FileEntry, sidecar: Sidecar, zone: string): Promise<SidecarReading> {
  const name = baseName(file.name);
  try {
    const { bytes, result } = await readWhole(file, SIDECAR_LIMIT);
    const problems = checkPinned(file, result.digest);
    const object = bytes === null ? null : parseObject(bytes);
    if (object !== null) return { name, facts: toFacts(object, sidecar, zone), problems };
    return { name, facts: null, problems: [...problems, incomplete(`${name} is not a JSON object`)] };
  } catch {
    return { name, facts: null, problems: [incomplete(`${name} could not be read`)] };
  }
}

function incomplete(detail: string): Problem {
  return { code: 'recording-metadata-incomplete', detail };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function toFacts(object: Readonly<Record<string, unknown>>, sidecar: Sidecar, zone: string): SidecarFacts {
  const value = (field: keyof Sidecar['fields']): unknown => {
    const key = sidecar.fields[field];
    return key === undefined ? undefined : object[key];
  };
  const time = readTime(value('opened'), zone);
  return {
    account: readText(value('account')),
    ip: readText(value('ip')),
    port: readNumber(value('port'), 65_535),
    tty: ttyName(readText(value('tty'))),
    // 2^32 - 1 is the kernel's "unset".
    auditSession: readNumber(value('auditSession'), 2 ** 32 - 2),
    pid: readNumber(value('pid'), 2 ** 31 - 1),
    opened: time?.time ?? null,
    openedResolution: time?.resolution ?? 1000,
    openedAssumed: (time?.assumed.length ?? 0) > 0,
    id: readText(value('id')),
  };
}

function readTime(value: unknown, zone: string): ReturnType<typeof parseIsoTime> {
  if (typeof value === 'number') return parseEpochTime(value);
  return typeof value === 'string' ? parseIsoTime(value, { zone, reference: 0 }) : null;
}

function readText(value: unknown): string | null {
  // Linux allows account names of 32 bytes and file names of 255: longer values are not names.
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
}

function readNumber(value: unknown, max: number): number | null {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= max
    ? number
    : null;
}
