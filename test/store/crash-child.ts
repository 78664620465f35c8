/**
 * A daemon in miniature for crash.test.ts: every round saves a batch, judges it and puts the alert of its finding
 * into the outbox, as fast as it can, until somebody kills it. Reports each round that it was told is durable.
 */
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { access, alert, batch, event, finding, judgement, notice, T0, tracked } from './samples.ts';

/** Events per batch: a partial one would show. */
export const ROUND = 40;

if (process.argv[2] === 'child') await rounds(process.argv[3] ?? '');

async function rounds(path: string): Promise<void> {
  const store = await openStore(path, 'owner');
  const last = Number((await store.cursor('log')) ?? 0);
  // The batch before the kill may have been saved and not judged.
  if ((await store.dirtyTargets()).length > 0) await judge(store, last);
  for (let round = last + 1; ; round += 1) {
    const events = Array.from({ length: ROUND }, (_, index) =>
      event(`ev_${round}_${index}`, { time: T0 + round }),
    );
    await store.saveBatch(batch(events, { stream: 'log', cursor: round }));
    await judge(store, round);
    process.stdout.write(`${round}\n`);
  }
}

async function judge(store: Store, round: number): Promise<void> {
  const found = finding(`fnd_${round}`);
  const id = `alr_${round}`;
  await store.transaction(async (tx) => {
    const judged = await tx.dirtyTargets();
    const accesses = [{ access: access(`acc_${round}`), settled: true }];
    await tx.saveJudgement(judgement({ judged, accesses, findings: [tracked(found)] }));
    await tx.saveAlerts({ alerts: [alert(id, [found])], notices: [notice(found.uid, { alert: id })] });
  });
}
