import { z } from 'zod';
import { loadSha256, saveSha256 } from '../sha256.ts';
import type { Accumulator } from './accumulator.ts';

/** How far one file was read, and how to know it again after it was renamed. */
export interface FileState {
  /** Stays the same while the file grows or is renamed. */
  readonly id: string;
  /** sha256 of the first `headBytes` bytes of content. */
  readonly head: string;
  readonly headBytes: number;
  /** Content offset behind the last whole line read. */
  readonly offset: number;
  /** Lines before that offset. */
  readonly lines: number;
  /** Where it stood: a file that is cut or rewritten in place keeps path and inode. */
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

export interface SavedState {
  readonly files: readonly FileState[];
  readonly accumulators: readonly Accumulator[];
}

/** Resume state as text: about 600 bytes for a recording and 22 for each of its messages. */
export function saveState(state: SavedState): string {
  const accumulators = state.accumulators.map((each) => ({
    ...each,
    sha: saveSha256(each.sha),
    seen: { ...each.seen, digests: [...each.seen.digests] },
  }));
  return JSON.stringify({ version: 1, files: state.files, accumulators });
}

/** A state as an earlier inspection returned it; an empty one where there is none or it is of another version. */
export function loadState(text: string | null): SavedState {
  const parsed = text === null ? null : SAVED.safeParse(parseJson(text));
  if (parsed === null || !parsed.success) return { files: [], accumulators: [] };
  return { files: parsed.data.files, accumulators: parsed.data.accumulators };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const count = z.number().int().nonnegative();
const moment = z.object({ id: count, pos: count, time: z.number().nullable() }).nullable();

const ACCUMULATOR = z.object({
  rec: z.string(),
  host: z.string(),
  loggedBy: z.string().nullable(),
  user: z.string().nullable(),
  session: z.number().nullable(),
  terminal: z.boolean().nullable(),
  seen: z.object({
    ranges: z.array(z.tuple([count, count])),
    digests: z.array(z.tuple([count, z.string()])).transform((entries) => new Map(entries)),
    overflowed: z.boolean(),
  }),
  first: moment,
  last: moment,
  closed: z.number().nullable(),
  input: count,
  output: count,
  messages: count,
  bytes: count,
  sha: z.string().transform((text, context) => {
    const hash = loadSha256(text);
    if (hash !== null) return hash;
    context.addIssue({ code: 'custom', message: 'no saved digest' });
    return z.NEVER;
  }),
  faults: z.array(
    z.object({
      code: z.enum([
        'recording-altered',
        'recording-truncated',
        'recording-gap',
        'recording-not-retrievable',
      ]),
      detail: z.string(),
    }),
  ),
  moreFaults: count,
  files: z.array(z.string()),
});

const SAVED = z.object({
  version: z.literal(1),
  files: z.array(
    z.object({
      id: z.string(),
      head: z.string(),
      headBytes: count,
      offset: count,
      lines: count,
      path: z.string(),
      dev: z.number(),
      ino: z.number(),
    }),
  ),
  accumulators: z.array(ACCUMULATOR),
});
