/**
 * Judges, dispatches and delivers as fast as it can until somebody kills it, for exactly-once.test.ts. The receiver
 * is a file: one line per arrival, as a receiver that cannot tell a repetition would keep it.
 */
import { appendFileSync } from 'node:fs';
import { decide } from '../../src/dispatch/decide.ts';
import { deliverDue } from '../../src/dispatch/deliver.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { finding, judgement, T0, tracked } from '../store/samples.ts';

const [, , role, path = '', arrivals = ''] = process.argv;

if (role === 'child') {
  const store = await openStore(path, 'owner');
  const last = Number((await store.meta('pass')) ?? 0);
  for (let pass = last + 1; ; pass += 1) {
    await judgeAndDispatch(store, pass);
    await deliver(store);
    process.stdout.write('.');
  }
}

/** Each pass opens two findings and resolves one of the pass before; all in one transaction. */
async function judgeAndDispatch(store: Store, pass: number): Promise<void> {
  const route = {
    receivers: ['file'],
    groupBy: ['target'],
    groupWaitMs: 0,
    repeatIntervalMs: 0,
    minLevel: 'low',
  } as const;
  await store.transaction(async (tx) => {
    const resolved =
      pass > 1 ? [tracked(finding(`fnd_${pass - 1}_b`, { status: 'resolved' }), { resolvedAt: T0 })] : [];
    const opened = [tracked(finding(`fnd_${pass}_a`)), tracked(finding(`fnd_${pass}_b`, { target: 'db7' }))];
    await tx.saveJudgement(judgement({ findings: [...opened, ...resolved] }));
    await tx.setMeta('pass', String(pass));
    const candidates = await tx.dispatchable(10_000);
    await tx.saveAlerts(decide({ candidates, route, now: T0, firstRun: false }));
  });
}

async function deliver(store: Store): Promise<void> {
  const senders = new Map([
    [
      'file',
      {
        notify: async (alert: { id: string; status: string; findings: readonly { uid: string }[] }) => {
          const uids = alert.findings.map((each) => each.uid);
          appendFileSync(arrivals, `${JSON.stringify({ id: alert.id, status: alert.status, uids })}\n`);
          return { state: 'delivered' } as const;
        },
      },
    ],
  ]);
  const signal = new AbortController().signal;
  await deliverDue({ outbox: store, senders, clock: () => T0, jitter: () => 0, signal });
}
