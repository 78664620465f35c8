import type { Envelope } from '../envelope/envelope.ts';
import { fieldText } from '../envelope/envelope.ts';
import type { Draft, Message } from '../messages/message.ts';
import { parseMessage, programOf } from '../messages/registry.ts';
import type { Parsed } from '../model/event.ts';
import type { FormatContext, RecordPlace } from './format.ts';
import { toEvents, toReject } from './to-event.ts';

/** From a log line's outer form to events; `text` is the whole record. */
export function decodeEnvelope(
  envelope: Envelope,
  text: string,
  place: RecordPlace,
  context: FormatContext,
): Parsed {
  const meaning = parseMessage(toMessage(envelope));
  const facts = { ...envelope, text };
  const drafts = meaning.drafts.map((draft) => withIds(draft, envelope));
  return {
    events: drafts.length === 0 ? [] : toEvents(drafts, facts, place, context),
    rejects: meaning.unparsed === null ? [] : [toReject('unparsed-message', meaning.unparsed, place)],
    time: envelope.time,
    host: envelope.host,
  };
}

function toMessage(envelope: Envelope): Message {
  const { fields, messageId } = envelope;
  return {
    program: programOf(envelope.ident ?? ''),
    pid: envelope.pid,
    text: envelope.message,
    ...(messageId === undefined ? {} : { messageId }),
    ...(fields === undefined ? {} : { field: (name) => fieldText(fields, name) }),
  };
}

/** The kernel's audit session is the one id that a recorder inside the session shares. */
function withIds(draft: Draft, envelope: Envelope): Draft {
  const { auditSession, bootId } = envelope;
  if (auditSession === undefined && bootId === undefined) return draft;
  const session = {
    ...draft.session,
    ...(auditSession === undefined ? {} : { auditSession }),
    ...(bootId === undefined ? {} : { bootId }),
  };
  return { ...draft, session };
}
