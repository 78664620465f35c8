import { type Fields, textAt } from '../json-fields.ts';
import { listAt } from '../json-values.ts';

/** One event of the System Log, as far as accesses and changes need it. */
export interface LogEvent {
  readonly id: string | null;
  /** `eventType`. */
  readonly type: string;
  readonly succeeded: boolean;
  /** Login name of the actor; its id where the name was typed by somebody who is not signed in. */
  readonly name: string;
  readonly actorType: string;
  readonly actorId: string | null;
  /** `externalSessionId`: stands for the actor's session in the log and opens nothing. */
  readonly session: string | null;
  readonly targets: readonly Target[];
}

interface Target {
  readonly type: string | null;
  readonly name: string | null;
}

export function toLogEvent(record: Fields): LogEvent {
  const result = textAt(record, 'outcome', 'result');
  const succeeded = result === 'SUCCESS' || result === 'ALLOW';
  const actorId = unlessUnknown(textAt(record, 'actor', 'id'));
  const login = unlessUnknown(textAt(record, 'actor', 'alternateId'));
  // What was typed as a user name at a failed sign-in may be a password: only Okta's own id is kept of it.
  const name = (succeeded && actorId !== null ? login : null) ?? actorId ?? 'unknown';
  return {
    id: idOf(record),
    type: textAt(record, 'eventType') ?? '',
    succeeded,
    name,
    actorType: textAt(record, 'actor', 'type') ?? 'Unknown',
    actorId,
    session: unlessUnknown(textAt(record, 'authenticationContext', 'externalSessionId')),
    targets: listAt(record, 'target').map((one) => ({
      type: textAt(one, 'type'),
      name: textAt(one, 'displayName') ?? textAt(one, 'alternateId') ?? textAt(one, 'id'),
    })),
  };
}

/** Name of the first target of a type; null where there is none. */
export function targetOf({ targets }: LogEvent, type: string): string | null {
  return targets.find((one) => one.type === type)?.name ?? null;
}

/** A UUID; placeholders such as `...` are none. */
function idOf(record: Fields): string | null {
  const id = textAt(record, 'uuid');
  return id !== null && /^[\w-]{8,64}$/.test(id) ? id : null;
}

/** Okta writes `unknown` where there is no value, and samples dots. */
function unlessUnknown(text: string | null): string | null {
  return text === null || text === 'unknown' || /^\.+$/.test(text) ? null : text;
}
