import { chunks } from './rows.ts';
import type { Db } from './schema.ts';
import type { ReadObject } from './store.ts';

/** Notes objects as read; one that was rewritten since is noted as it is now. */
export async function saveReadObjects(db: Db, stream: string, objects: readonly ReadObject[]): Promise<void> {
  for (const part of chunks(objects)) {
    await db
      .insertInto('read_objects')
      .values(part.map(({ name, size, mtimeMs }) => ({ stream, name, size, mtime: mtimeMs })))
      .onConflict((c) =>
        c
          .columns(['stream', 'name'])
          .doUpdateSet((eb) => ({ size: eb.ref('excluded.size'), mtime: eb.ref('excluded.mtime') })),
      )
      .execute();
  }
}

/** Those of the objects that were read as they are now. */
export async function unreadObjects(
  db: Db,
  stream: string,
  objects: readonly ReadObject[],
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
