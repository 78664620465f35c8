import type { SessionIds } from '../model/event.ts';
import { findMembers } from './json-members.ts';
import { draft, type Draft, type Meaning, type Message, NOTHING, ttyOf, unparsed } from './message.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One event of sudo's JSON log: what happened, and its fields. */
export interface SudoEvent {
  readonly type: string;
  readonly fields: Fields;
}

/** `{"sudo":{"accept":{…}}}` or `{"accept":{…}}` as a message of sudo's. */
export function parseSudoJson(message: Message, text: string): Meaning {
  const events = readSudoEvents(text);
  if (events === null) return unparsed('sudo wrote JSON that is cut off or broken');
  const meanings = events.map((event) => parseSudoEvent(message, event));
  return {
    drafts: meanings.flatMap((one) => one.drafts),
    unparsed: meanings.find((one) => one.unparsed)?.unparsed ?? null,
  };
}

/**
 * Events of one JSON object in the order written. sudo repeats keys (`accept`, `exit`, `accept`, …) within one
 * object, of which a JSON parser keeps the last: the members are told apart before they are parsed.
 * Null where the text is no such object.
 */
export function readSudoEvents(text: string): readonly SudoEvent[] | null {
  const members = findMembers(text);
  if (members === null) return null;
  const events: SudoEvent[] = [];
  for (const member of members) {
    const inner = member.key === 'sudo' ? readSudoEvents(member.value) : readEvent(member.key, member.value);
    if (inner === null) return null;
    // Not a spread into push: an object may hold more members than a call may have arguments.
    for (const event of inner) events.push(event);
  }
  return events;
}

function readEvent(type: string, text: string): readonly SudoEvent[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? [{ type, fields: { ...value } }] : [];
  } catch {
    return null;
  }
}

/** `accept` opens an access and `exit` ends it; `reject` and `alert` are none. */
export function parseSudoEvent(message: Message, event: SudoEvent): Meaning {
  if (event.type === 'accept') return accept(message, event.fields);
  if (event.type !== 'exit') return NOTHING;
  const parts = { ...people(event.fields), session: idsOf(event.fields) };
  return one(
    draft('access.close', message, { ...parts, detail: { scope: 'elevation', service: 'sudo', json: true } }),
  );
}

function accept(message: Message, fields: Fields): Meaning {
  const command = text(fields, 'command');
  // An offset into the recording marks a command that the recorded one started itself.
  if (isQuestion(command) || hasOffset(fields)) return NOTHING;
  const { account, actor } = people(fields);
  if (account === null) return unparsed('sudo accepted a command as an account that the event does not show');
  const uid = fields['runuid'];
  return one(
    draft('access.open', message, {
      path: 'sudo',
      account,
      actor,
      session: idsOf(fields),
      detail: {
        service: 'sudo',
        json: true,
        ...(command === null ? {} : { command }),
        ...(typeof uid === 'number' ? { accountUid: uid } : {}),
      },
    }),
  );
}

function one(event: Draft): Meaning {
  return { drafts: [event], unparsed: null };
}

function people(fields: Fields): { account: string | null; actor: string | null } {
  return { account: text(fields, 'runuser'), actor: text(fields, 'submituser') };
}

function idsOf(fields: Fields): SessionIds {
  const uuid = text(fields, 'uuid');
  const iologPath = text(fields, 'iolog_path');
  return {
    ...ttyOf(text(fields, 'ttyname') ?? undefined),
    ...(uuid === null ? {} : { uuid }),
    ...(iologPath === null ? {} : { iologPath, ...tsidOf(iologPath) }),
  };
}

/** sudo's own numbering: `…/00/00/01` is the id `000001` that its text form prints. */
function tsidOf(path: string): { readonly tsid?: string } {
  const match = /\/([0-9A-Z]{2})\/([0-9A-Z]{2})\/([0-9A-Z]{2})$/.exec(path);
  return match === null ? {} : { tsid: `${match[1]}${match[2]}${match[3]}` };
}

function hasOffset(fields: Fields): boolean {
  const offset = fields['iolog_offset'];
  if (typeof offset !== 'object' || offset === null) return false;
  return Object.values(offset).some((part) => typeof part === 'number' && part > 0);
}

function text(fields: Fields, key: string): string | null {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `sudo -l` and `sudo -v` ask what is allowed; real commands are absolute paths or `sudoedit`. */
export function isQuestion(command: string | null): boolean {
  return command === 'list' || command === 'validate';
}
