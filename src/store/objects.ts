import { chunks } from './rows.ts';
import type { Db } from './schema.ts';
import type { ObjectSign, ReadObject } from './store.ts';

/** Notes objects as read; one that was rewritten since is noted as it is now. */
export async function saveReadObjects(db: Db, stream: string, objects: readonly ReadObject[]): Promise<void> {
  for (const part of chunks(objects)) {
    await db
      .insertInto('read_objects')
      .values(part.map(({ name, size, mtimeMs, sha256 }) => ({ stream, name, size, mtime: mtimeMs, sha256 })))
      .onConflict((c) =>
        c.columns(['stream', 'name']).doUpdateSet((eb) => ({
          size: eb.ref('excluded.size'),
          mtime: eb.ref('excluded.mtime'),
          sha256: eb.ref('excluded.sha256'),
        })),
      )
      .execute();
  }
}

/** Those of the objects that were read as they are now. */
export async function unreadObjects(
  db: Db,
  stream: string,
  objects: readonly ObjectSign[],
): Promise<ReadonlySet<string>> {
  const unread = new Set(objects.map((one) => one.name));
  const given = new Map(objects.map((one) => [one.name, one]));
  for (const part of chunks(objects)) {
    const names = part.map((one) => one.name);
    const rows = await db
      .selectFrom('read_objects')
      .select(['name', 'size', 'mtime'])
      .where('stream', '=', stream)
      .where('name', 'in', names)
      .execute();
    for (const { name, size, mtime } of rows) {
      const now = given.get(name);
      if (now?.size === size && now.mtimeMs === mtime) unread.delete(name);
    }
  }
  return unread;
}

/** Digests of the content of objects as they were when read. */
export async function objectDigests(
  db: Db,
  stream: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const part of chunks(names)) {
    const rows = await db
      .selectFrom('read_objects')
      .select(['name', 'sha256'])
      .where('stream', '=', stream)
      .where('name', 'in', part)
      .execute();
    for (const row of rows) found.set(row.name, row.sha256);
  }
  return found;
}
