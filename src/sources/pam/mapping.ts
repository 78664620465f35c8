import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PATHS } from '../../model/path.ts';
import type { PamRecord } from './record.ts';

/** Every fact names what it was verified by, or says why it is not. */
const Basis = { verified: z.string().min(1).optional(), unverified: z.string().min(1).optional() };
const hasOneBasis = (fact: { verified?: string | undefined; unverified?: string | undefined }): boolean =>
  (fact.verified === undefined) !== (fact.unverified === undefined);

const Field = z.strictObject({ from: z.array(z.string().min(1)).min(1), ...Basis }).refine(hasOneBasis);

const EventFact = z
  .strictObject({
    /** Id or name of the event, as the record has it. */
    match: z.array(z.string().min(1)).min(1),
    means: z.enum([
      'session-start',
      'session-end',
      'recording-stored',
      'recording-failed',
      'recording-changed',
    ]),
    /** Part of the stable control code, `cyberark:psm-connect`. */
    code: z.string().regex(/^[a-z][a-z0-9-]{2,47}$/),
    /** For `recording-changed`: what holds after it. */
    state: z.enum(['off', 'on']).optional(),
    ...Basis,
  })
  .refine(hasOneBasis);

const MappingSchema = z.strictObject({
  slug: z.string().regex(/^[a-z]{2,24}$/),
  vendors: z.array(z.string()).min(1),
  products: z.array(z.string()).min(1),
  fields: z.partialRecord(
    z.enum(['user', 'account', 'target', 'address', 'session', 'protocol', 'time']),
    Field,
  ),
  /** Protocol in lower case → path. */
  protocols: z.record(z.string(), z.enum(PATHS)),
  events: z.array(EventFact).min(1),
});

/** How the records of one product are read. */
export type Mapping = z.infer<typeof MappingSchema>;
export type Meaning = Mapping['events'][number];
export type FieldName = keyof Mapping['fields'];

let loaded: readonly Mapping[] | null = null;

/** The shipped mappings; read once, when the first record is looked at. Throws where a shipped file is broken. */
export function mappings(): readonly Mapping[] {
  loaded ??= readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => MappingSchema.parse(parse(readFileSync(join(FOLDER, name), 'utf8'))));
  return loaded;
}

const FOLDER = join(import.meta.dirname, 'mappings');

/** The mapping for a record's vendor and product; undefined for other products. */
export function findMapping({ vendor, product }: PamRecord): Mapping | undefined {
  return mappings().find((one) => one.vendors.includes(vendor) && one.products.includes(product));
}

/** What an event means, by its id or else its name; undefined where it is not read. */
export function findMeaning(mapping: Mapping, { eventId, name }: PamRecord): Meaning | undefined {
  return mapping.events.find(({ match }) => match.includes(eventId) || match.includes(name));
}

// Names of accounts and hosts end far below; what is longer is none.
const LONGEST_VALUE = 512;

/** The first value that a field's candidates have; `Key.Inner` reads `Inner=…` of a value `A=1;Inner=2`. */
export function fieldOf(record: PamRecord, mapping: Mapping, name: FieldName): string | null {
  for (const key of mapping.fields[name]?.from ?? []) {
    const value = record.fields.get(key) ?? innerValue(record, key);
    if (value !== undefined && value !== '' && value.length <= LONGEST_VALUE) return value;
  }
  return null;
}

function innerValue({ fields }: PamRecord, key: string): string | undefined {
  const dot = key.indexOf('.');
  const outer = dot < 0 ? undefined : fields.get(key.slice(0, dot));
  const start = `${key.slice(dot + 1)}=`;
  return outer
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(start))
    ?.slice(start.length);
}
