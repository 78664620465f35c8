import { createFramer } from '../../src/files/framing.ts';
import type { Event, Reject, Screenable } from '../../src/model/event.ts';
import type { Format, FormatContext } from '../../src/sources/format.ts';

export const CONTEXT: FormatContext = {
  stream: 'web01/auth.log',
  host: 'web01',
  zone: 'UTC',
  reference: Date.parse('2026-11-23T00:00:00Z'),
};

export interface Decoded {
  readonly events: readonly Event[];
  readonly rejects: readonly Reject[];
  /** What rules are to see, for formats that have such records. */
  readonly screen: readonly Screenable[];
  readonly records: number;
}

/** Decodes a whole file's bytes with a fresh decoder. */
export function decodeAll(format: Format, bytes: Uint8Array, context: Partial<FormatContext> = {}): Decoded {
  const decoder = format.create({ ...CONTEXT, ...context });
  const framer = createFramer(format.framing(bytes));
  const framed = framer.push(bytes);
  const { rest } = framer.end();
  const records = rest === null ? framed : [...framed, rest];
  const parsed = records.map(({ bytes: record, offset, line }, index) =>
    decoder.decode(record, { content: 'c', offset, line, seq: index, file: 'web01/auth.log' }),
  );
  return {
    events: parsed.flatMap((one) => one.events),
    rejects: parsed.flatMap((one) => one.rejects),
    screen: parsed.flatMap((one) => one.screen ?? []),
    records: records.length,
  };
}

export const decodeText = (format: Format, text: string, context: Partial<FormatContext> = {}): Decoded =>
  decodeAll(format, Buffer.from(text), context);

/** How often each kind occurs, with its path or what else tells it apart. */
export function counts(events: readonly Event[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const event of events) {
    const detail = event.path ?? event.detail.scope ?? event.detail.control ?? event.detail.service ?? '';
    const key = `${event.kind} ${detail}`.trim();
    found[key] = (found[key] ?? 0) + 1;
  }
  return found;
}
