import { readFileSync } from 'node:fs';
import type { Event } from '../../src/model/event.ts';
import type { Format } from '../../src/sources/format.ts';
import { type Decoded, decodeAll, decodeText } from './support.ts';

const FIXTURES = new URL('../fixtures/sources/', import.meta.url);

/** Synthetic records, made by hand after the providers' documentation. */
export function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES));
}

export function decodeFixture(format: Format, path: string): Decoded {
  return decodeAll(format, fixture(path), { host: null });
}

/** Records with some of their fields changed; a path of keys leads to each. */
export function changed<T extends object>(record: T, changes: Readonly<Record<string, unknown>>): T {
  const copy = structuredClone(record);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const inner = keys.reduce<Record<string, unknown>>(
      (at, key) => (at[key] ??= {}) as Record<string, unknown>,
      copy as Record<string, unknown>,
    );
    if (value === undefined) delete inner[last];
    else inner[last] = value;
  }
  return copy;
}

/** `KIND PATH [ACTOR→]ACCOUNT@TARGET` of each event of one record. */
export function told(format: Format, record: object): readonly string[] {
  return decodeText(format, JSON.stringify(record), { host: null }).events.map(line);
}

export function line({ kind, path, actor, account, target }: Event): string {
  return `${kind} ${path} ${actor === null ? '' : `${actor}→`}${account}@${target}`;
}

/** `SERVICE:ACTION RESOURCE STATE` of what counts without any rule. */
export function controls({ screen }: Decoded): readonly string[] {
  return screen.flatMap(({ always, event }) => {
    const { control, cloud } = event.detail;
    return always ? [`${control} ${cloud?.resource} ${cloud?.state ?? '?'}`] : [];
  });
}

export function controlsOf(format: Format, record: object): readonly string[] {
  return controls(decodeText(format, JSON.stringify(record), { host: null }));
}

/** The records of a fixture that is an array or holds one in a member. */
export function recordsOf(path: string): readonly Record<string, unknown>[] {
  const text = fixture(path).toString();
  if (path.endsWith('.jsonl'))
    return text
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one));
  const value = JSON.parse(text);
  return Array.isArray(value) ? value : (Object.values(value).find(Array.isArray) ?? []);
}
