import type { RecordTime } from '../../envelope/time.ts';
import type { CloudDetail, Credential, EventKind, SessionIds } from '../../model/event.ts';
import type { Path } from '../../model/path.ts';
import { type Fields, fieldsAt, textAt } from './fields.ts';
import { type Caller, parseCaller } from './identity.ts';

/** One record of a trail, as far as every kind of call needs it. */
export interface Call {
  readonly record: Fields;
  /** `eventSource` without its domain. */
  readonly service: string;
  /** `eventName`. */
  readonly action: string;
  /** Epoch ms. */
  readonly time: number;
  readonly caller: Caller;
  readonly request: Fields;
  readonly response: Fields;
  readonly more: Fields;
  /** Account that got the record, or the caller's where old records name none. */
  readonly account: string | null;
}

/** What a call means, before the record completes it. */
export interface TrailDraft {
  readonly kind: EventKind;
  readonly path: Path | null;
  readonly account: string;
  readonly actor?: string | null;
  readonly target: string | null;
  readonly credential?: Credential;
  readonly session?: SessionIds;
  readonly cloud?: Partial<CloudDetail>;
}

export function toCall(record: Fields, { time }: RecordTime): Call {
  return {
    record,
    service: (textAt(record, 'eventSource') ?? '').replace(/\.amazonaws\.com(?:\.cn)?$/, ''),
    action: textAt(record, 'eventName') ?? '',
    time,
    caller: parseCaller(record),
    request: fieldsAt(record, 'requestParameters'),
    response: fieldsAt(record, 'responseElements'),
    more: fieldsAt(record, 'additionalEventData'),
    account: textAt(record, 'recipientAccountId') ?? textAt(record, 'userIdentity', 'accountId'),
  };
}

/**
 * Whether the call did what it asked for. Some services write an empty error code; sign-in says how it went in the
 * response, under the name of the call.
 */
export function succeeded({ record, response, service, action }: Call): boolean {
  if (textAt(record, 'errorCode') !== null) return false;
  const result = textAt(response, action);
  if (service === 'signin' && action === 'ConsoleLogin') return result === 'Success';
  return result !== 'Failure';
}

/**
 * Whether the record is that of a call. What passed a VPC endpoint is recorded once more as network activity, under
 * the same names: counted too, it would make two accesses of one.
 */
export function isCallRecord({ record }: Call): boolean {
  return (
    textAt(record, 'eventCategory') !== 'NetworkActivity' && textAt(record, 'eventType') !== 'AwsVpceEvent'
  );
}

/** Whether the address is that of a service: then nobody sat there. */
export function isFromService({ record }: Call): boolean {
  return /^[a-z0-9.-]{1,200}\.amazonaws\.com(?:\.cn)?$/.test(textAt(record, 'sourceIPAddress') ?? '');
}
