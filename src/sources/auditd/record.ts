/** One audit record, its fields still encoded. */
export interface AuditRecord {
  readonly type: string;
  /** Epoch ms. */
  readonly time: number;
  /** `node=`, which only a collecting auditd writes. */
  readonly host: string | null;
  /** Fields by name. Those of the kernel win over those that a program put into `msg='…'`. */
  field(name: string): string | null;
}

const HEADER = /^(?:node=(\S{1,255}) )?type=(\S{1,64}) msg=audit\((\d{1,12})\.(\d{3}):\d{1,20}\): ?/;

/** Reads `type=T msg=audit(SECONDS.MS:SERIAL): name=value …`; null where the line begins otherwise. */
export function parseAuditRecord(line: string): AuditRecord | null {
  const match = HEADER.exec(line);
  if (match === null) return null;
  // Behind the group separator the enriched form repeats ids as names (`AUID="alice"`).
  const [raw = '', enriched = ''] = line.slice(match[0].length).split('\x1d', 2);
  // Most records are system calls that nobody asks: fields are read when they are asked for.
  let fields: ReadonlyMap<string, string> | null = null;
  return {
    type: match[2] ?? '',
    time: Number(match[3]) * 1000 + Number(match[4]),
    host: match[1] ?? null,
    field: (name) => {
      fields ??= readFields(raw, enriched);
      return fields.get(name) ?? null;
    },
  };
}

const FIELD = /([A-Za-z0-9_-]{1,64})=("[^"]*"|'[^']*'|[^\s,]*)/g;
const MESSAGE = / ?msg='([^']*)'/;

function readFields(raw: string, enriched: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const inner = MESSAGE.exec(raw)?.[1] ?? '';
  // Upper-case names of the enriched form cannot meet those of the record.
  for (const text of [raw.replace(MESSAGE, ''), inner, enriched]) {
    for (const match of text.matchAll(FIELD)) {
      const name = match[1] ?? '';
      if (!fields.has(name)) fields.set(name, match[2] ?? '');
    }
  }
  return fields;
}

/**
 * A field that programs fill with free text is quoted, or hexadecimal where it holds spaces or quotes.
 * `?` and `(none)` mean none.
 */
export function decodeValue(value: string | null): string | null {
  if (value === null || value === '' || value === '?' || value === '(none)' || value === '(null)')
    return null;
  if (value.startsWith('"')) return value.slice(1, value.endsWith('"') ? -1 : undefined);
  return /^(?:[0-9A-F]{2})+$/.test(value) ? decodeHex(value) : value;
}

function decodeHex(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return new TextDecoder().decode(bytes);
}

/** A number of the kernel's; 2^32 - 1 is its "unset". */
export function decodeId(value: string | null): number | null {
  if (value === null || !/^\d{1,10}$/.test(value) || value === '4294967295') return null;
  return Number(value);
}
