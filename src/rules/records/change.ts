import type { Event } from '../../model/event.ts';
import { toIso } from '../../util/iso.ts';

/** What a rule on `service: change` sees: a call or act that changed what decides about recording or its evidence. */
export interface ChangeRecord {
  readonly type: 'change';
  /** `aws`, `teleport`, `vault`, `kubernetes`, `okta`, `entra`, `windows`, `gcp`, … */
  readonly provider: string;
  /** What was called, as `SERVICE:ACTION`, e.g. `teleport:session_recording_config.update`. */
  readonly control: string;
  /** What it changed; null where the record does not say. */
  readonly resource: string | null;
  /** `off` or `on` where the record decides it; else null. */
  readonly state: string | null;
  /** Who did it. */
  readonly who: string | null;
  /** Account, tenant or cluster. */
  readonly account: string | null;
  readonly target: string | null;
  readonly origin: { readonly ip: string } | null;
  readonly time: string;
}

/** Dotted paths of a ChangeRecord. */
export const CHANGE_FIELDS = 'type provider control resource state who account target origin.ip time'.split(
  ' ',
);

/** The record of a change that a provider's log shows; null for an event of another kind. */
export function toChangeRecord(event: Event): ChangeRecord | null {
  const { cloud, control } = event.detail;
  if (event.kind !== 'control.change' || cloud === undefined) return null;
  return {
    type: 'change',
    provider: cloud.provider,
    control: control ?? `${cloud.service}:${cloud.action}`,
    resource: cloud.resource ?? null,
    state: cloud.state ?? null,
    who: cloud.arn ?? event.actor ?? event.account,
    account: cloud.account,
    target: event.target,
    origin: event.origin === null ? null : { ip: event.origin.ip },
    time: toIso(event.time),
  };
}
