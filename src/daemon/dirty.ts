import type { StoreTransaction } from '../store/store.ts';

const KEY = 'dirty_from';

/** Remembers, in the transaction that saves facts, how far back they reach: judging must begin there. */
export async function noteDirty(tx: StoreTransaction, from: number): Promise<void> {
  const known = await tx.meta(KEY);
  if (known === undefined || known === '' || Number(known) > from) await tx.setMeta(KEY, String(from));
}

/** Epoch ms from which facts are new; null where none are. */
export async function dirtyFrom(tx: Pick<StoreTransaction, 'meta'>): Promise<number | null> {
  const known = await tx.meta(KEY);
  return known === undefined || known === '' ? null : Number(known);
}

/** Everything new was judged. */
export async function clearDirty(tx: StoreTransaction): Promise<void> {
  await tx.setMeta(KEY, '');
}
