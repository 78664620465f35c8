import type { ControlChange, ControlState, Weakness } from '../../model/control.ts';
import { toIso } from '../../util/iso.ts';

/** What a rule on `service: control` sees: what a configuration leaves open, or one field of it that changed. */
export interface ControlRecord {
  readonly type: 'control';
  /** `trail`, `trail-status`, `ssm-preferences`, `ecs-cluster`, `bucket`. */
  readonly kind: string;
  readonly account: string;
  readonly region: string;
  readonly resource: string;
  /** What it leaves open, as a check id; null for a change. */
  readonly weakness: string | null;
  /** One sentence for a person; null for a change. */
  readonly detail: string | null;
  /** The field that changed, with its values; null for what is left open. */
  readonly change: {
    readonly field: string;
    readonly before: string;
    readonly after: string;
    /** The looks between which it changed. */
    readonly from: string;
    readonly to: string;
  } | null;
}

/** Dotted paths of a ControlRecord. */
export const CONTROL_FIELDS = [
  'type kind account region resource weakness detail',
  'change.field change.before change.after change.from change.to',
].flatMap((line) => line.split(' '));

/** The record of one weakness or one change. */
export function toControlRecord(
  state: ControlState,
  { weakness, change }: { readonly weakness?: Weakness; readonly change?: ControlChange },
): ControlRecord {
  const { kind, account, region, resource } = state;
  return {
    type: 'control',
    kind,
    account,
    region,
    resource,
    weakness: weakness?.code ?? null,
    detail: weakness?.detail ?? null,
    change: change === undefined ? null : { ...change, from: toIso(change.from), to: toIso(change.to) },
  };
}
