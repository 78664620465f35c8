import type { JudgedAccess } from '../model/access.ts';
import { openStore } from '../store/open.ts';

/** Every access that the daemon's store keeps. Throws a StoreError where there is no store. */
export async function accessesOfStore(path: string): Promise<JudgedAccess[]> {
  const store = await openStore(path, 'reader');
  try {
    const accesses: JudgedAccess[] = [];
    for await (const { access } of store.accesses({ from: 0, to: Number.MAX_SAFE_INTEGER }))
      accesses.push(access);
    return accesses;
  } finally {
    await store.close();
  }
}
