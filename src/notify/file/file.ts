import { access, constants, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Alert } from '../../model/alert.ts';
import type { RenderedAlert } from '../../model/delivery.ts';
import { toIso } from '../../util/iso.ts';
import type { NotifyContext } from '../context.ts';
import { codeOf } from '../context.ts';
import type { Delivery, Notifier } from '../notifier.ts';

export interface FileOptions {
  readonly id: string;
  /** Folder that gets a file per alert; it is created. */
  readonly path: string;
}

/**
 * Writes each alert as a text file of its own, named by the alert's id: whole or not at all, and the same alert
 * twice is one file.
 */
export function createFile(options: FileOptions, context: NotifyContext): Notifier {
  return {
    type: 'file',
    check: async () => await problems(options.path),
    notify: async (alert, signal) => {
      if (signal.aborted) return { state: 'retry', reason: 'stopped before the file was written' };
      try {
        return await write(options.path, alert, context.render(alert));
      } catch (error) {
        return { state: 'retry', reason: `the file was not written: ${codeOf(error)}` };
      }
    },
    close: async () => {},
  };
}

async function problems(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    return [];
  } catch (error) {
    return [`folder ${folder}: ${codeOf(error)}`];
  }
}

/** An id becomes a file name: nothing but an id of ours may. */
const ID = /^alr_[0-9a-f]{20}$/;

async function write(folder: string, alert: Alert, rendered: RenderedAlert): Promise<Delivery> {
  if (!ID.test(alert.id)) return { state: 'rejected', reason: 'the id of the alert is not one of offrecord' };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${alert.id}.txt`);
  if (await exists(path)) return { state: 'delivered' };
  const half = join(folder, `.${alert.id}.tmp`);
  await writeDurably(half, toText(alert, rendered));
  await rename(half, path);
  await syncFolder(folder);
  return { state: 'delivered' };
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Written to the disk before it gets its name: a power failure must not leave an empty alert. */
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function toText(alert: Alert, rendered: RenderedAlert): string {
  const head = [`Subject: ${rendered.subject}`, `Date: ${toIso(alert.created)}`, `Alert: ${alert.id}`];
  return `${[...head, `Status: ${alert.status}`, `Level: ${alert.level}`].join('\n')}\n\n${rendered.text}`;
}
