import type { Access, Reason } from '../model/access.ts';
import type { Event } from '../model/event.ts';
import type { Path } from '../model/path.ts';
import { toIso } from '../util/iso.ts';
import { groupBy } from '../correlate/order.ts';

/** Which service's switch decides about the recording of which sessions. */
const SWITCHES: Readonly<Partial<Record<Path, string>>> = {
  'ssm-shell': 'ssm',
  'ssm-command': 'ssm',
  'ecs-exec': 'ecs',
};

/**
 * Accesses without a recording that began while session recording was switched off: the change explains them. Only
 * changes whose own content decides (`state`) count, per account and region, and for ECS per cluster.
 */
export function explainRecordingOff(
  uncovered: readonly Access[],
  events: readonly Event[],
): Map<string, Reason[]> {
  const found = new Map<string, Reason[]>();
  const changes = events.filter(
    (event) => event.kind === 'control.change' && event.detail.cloud?.state !== undefined,
  );
  if (changes.length === 0) return found;
  const bySwitch = groupBy(
    changes.toSorted((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1)),
    (event) =>
      switchKey(event.detail.cloud?.service, event.detail.cloud?.account, event.detail.cloud?.region),
  );
  for (const access of uncovered) {
    const service = SWITCHES[access.path];
    if (service === undefined || access.cloud === null) continue;
    const own = bySwitch.get(switchKey(service, access.cloud.account, access.cloud.region)) ?? [];
    const last = own.findLast((event) => event.time <= access.opened && concerns(event, access));
    if (last?.detail.cloud?.state === 'off') found.set(access.uid, [toReason(last)]);
  }
  return found;
}

function switchKey(service?: string, account?: string | null, region?: string | null): string {
  return `${service ?? ''} ${account ?? ''} ${region ?? ''}`;
}

/** A cluster has its own switch: its name begins the target `CLUSTER/TASK`. */
function concerns(event: Event, access: Access): boolean {
  const resource = event.detail.cloud?.resource;
  if (access.path !== 'ecs-exec' || resource === undefined) return true;
  return access.target.startsWith(`${resource}/`);
}

function toReason(event: Event): Reason {
  const { cloud } = event.detail;
  const who = cloud?.arn ?? event.account ?? 'somebody';
  const call = `${cloud?.service ?? ''}:${cloud?.action ?? ''}`;
  const detail = `${who} switched session recording off on ${toIso(event.time)} (${call}, event ${cloud?.eventId ?? ''})`;
  return { code: 'recording-disabled', detail };
}
