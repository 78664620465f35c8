// Joins N accesses with N recordings, one to one, and prints what it cost: `node bench/joining.ts N`.
import { match } from '../src/correlate/match.ts';
import { access, recording, T0 } from '../test/support/build.ts';
import { Random } from './generator/random.ts';

export interface JoinResult {
  readonly size: number;
  readonly cpuS: number;
  /** Accesses that got the recording made for them. */
  readonly right: number;
}

/** One access per second on 200 hosts by 100 accounts, without ids: only names and time join them. */
export function join(size: number): JoinResult {
  const random = new Random(size);
  const made = Array.from({ length: size }, (_, at) => {
    const target = `host${random.between(1, 200)}`;
    const account = `user${random.between(1, 100)}`;
    const opened = T0 + at * 1_000 + random.between(0, 999);
    const closed = opened + 5_000 + Math.round(random.exponential(300_000));
    const uid = `acc_${String(at).padStart(20, '0')}`;
    return {
      access: access({ uid, target, account, opened, closed, resolution: 1_000 }),
      recording: recording({
        uid: `rec_${String(at).padStart(20, '0')}`,
        target,
        account,
        opened: opened + random.between(50, 900),
        closed: closed - 300,
      }),
    };
  });
  const accesses = made.map((one) => one.access);
  const recordings = made.map((one) => one.recording).toSorted((a, b) => (a.opened ?? 0) - (b.opened ?? 0));
  const before = process.cpuUsage();
  const { taken } = match(accesses, recordings, { toleranceMs: 5_000, now: T0 + size * 1_000 + 86_400_000 });
  const { user, system } = process.cpuUsage(before);
  const right = made.filter(
    (one) => taken.get(one.access.uid)?.[0]?.recording.uid === one.recording.uid,
  ).length;
  return { size, cpuS: (user + system) / 1e6, right };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(join(Number(process.argv[2] ?? 10_000)))}\n`);
