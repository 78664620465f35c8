import type { Draft, Meaning } from '../../src/messages/message.ts';
import { parseMessage, programOf } from '../../src/messages/registry.ts';

/** What a program's message means. */
export function read(ident: string, text: string, pid: number | null = 7): Meaning {
  return parseMessage({ program: programOf(ident), pid, text });
}

/** The one event of a message, without the fields that say nothing. */
export function event(ident: string, text: string, pid: number | null = 7): Partial<Draft> | null {
  const { drafts } = read(ident, text, pid);
  if (drafts.length > 1) throw new Error(`${drafts.length} events`);
  const [draft] = drafts;
  if (draft === undefined) return null;
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
