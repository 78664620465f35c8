import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Planted, PlantedKind, Truth } from './generator/truth.ts';

/** How the verdicts of `check` compare with what was planted. */
export interface Accuracy {
  readonly planted: number;
  readonly found: number;
  /** Privileged ssh and Session Manager sessions reported as not, or not well enough, recorded. */
  readonly reported: number;
  /** Of `reported`: how many were planted. */
  readonly right: number;
  /** Reported neither as recorded nor as a gap, because several accesses fit. */
  readonly undetermined: number;
  readonly byKind: Readonly<
    Partial<Record<PlantedKind, { readonly planted: number; readonly found: number }>>
  >;
  /** sudo and su in the same data; they are judged but not planted. */
  readonly elevations: Readonly<Record<string, number>>;
}

interface Access {
  readonly type: string;
  readonly path: string;
  readonly account: string;
  readonly target: { readonly id: string };
  readonly opened: string;
  readonly verdict: string;
  readonly privileged: boolean;
  readonly break_glass: boolean;
  readonly session: { readonly pid?: number; readonly cloudSession?: string };
}

/** Compares the NDJSON that `check` printed with the truth. Reads line by line. */
export async function compare(output: string, truth: Truth): Promise<Accuracy> {
  const expected = new Map(truth.planted.map((one) => [keyOf(one), one]));
  const found = new Set<Planted>();
  const elevations: Record<string, number> = {};
  let [reported, right, undetermined] = [0, 0, 0];
  for await (const line of createInterface({ input: createReadStream(output) })) {
    if (!line.startsWith('{"type":"access"')) continue;
    const access = JSON.parse(line) as Access;
    const planted = findPlanted(access, expected);
    if (/^(?:sudo|su)$/.test(access.path)) elevations[access.verdict] = (elevations[access.verdict] ?? 0) + 1;
    else if (planted?.kind === 'break-glass') {
      if (access.break_glass) found.add(planted);
    } else if (isSession(access)) {
      if (access.verdict === 'undetermined') undetermined++;
      if (!['unrecorded', 'inadequate'].includes(access.verdict)) continue;
      reported++;
      if (planted === undefined || found.has(planted)) continue;
      right++;
      found.add(planted);
    }
  }
  return {
    planted: truth.planted.length,
    found: found.size,
    reported,
    right,
    undetermined,
    byKind: byKind(truth, found),
    elevations,
  };
}

function isSession({ privileged, path }: Access): boolean {
  return privileged && /^(?:ssh|ssm)/.test(path);
}

function findPlanted(access: Access, expected: ReadonlyMap<string, Planted>): Planted | undefined {
  const { pid = null, cloudSession = null } = access.session;
  return expected.get(
    keyOf({
      target: access.target.id,
      account: access.account,
      pid,
      cloudSession,
      time: Date.parse(access.opened),
    }),
  );
}

/** A cloud session is named by its id, a login by sshd's process, anything else by its account and second. */
function keyOf({ target, account, pid, cloudSession, time }: Omit<Planted, 'kind'>): string {
  if (cloudSession !== null) return cloudSession;
  return `${target} ${pid ?? account} ${Math.floor(time / 1000)}`;
}

function byKind(truth: Truth, found: ReadonlySet<Planted>): Accuracy['byKind'] {
  const groups = Map.groupBy(truth.planted, (one) => one.kind);
  return Object.fromEntries(
    [...groups].map(([kind, all]) => [
      kind,
      { planted: all.length, found: all.filter((one) => found.has(one)).length },
    ]),
  );
}
