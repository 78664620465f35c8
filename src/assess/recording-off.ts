import type { Access, Reason } from '../model/access.ts';
import type { Event } from '../model/event.ts';
import type { Path } from '../model/path.ts';
import { toIso } from '../util/iso.ts';
import { groupBy } from '../correlate/order.ts';

/** Sessions that the preferences of Session Manager decide about: commands sent and automation have outputs instead. */
const BY_PREFERENCES: ReadonlySet<Path> = new Set(['ssm-shell', 'ssm-command']);
const SESSION_CALLS = new Set(['StartSession', 'DescribeSessions']);
/** Calls that replace the preferences. Where a record leaves out with what, nobody knows what holds after it. */
const REPLACING = new Set(['CreateDocument', 'UpdateDocument', 'UpdateDocumentDefaultVersion']);

/**
 * Accesses without a recording that began while session recording was switched off: the change explains them. Only
 * changes whose own content decides (`state`) explain something, per account and region, and for ECS per cluster.
 */
export function explainRecordingOff(
  uncovered: readonly Access[],
  events: readonly Event[],
): Map<string, Reason[]> {
  const found = new Map<string, Reason[]>();
  const changes = events.filter(decides);
  if (changes.length === 0) return found;
  const bySwitch = groupBy(
    changes.toSorted((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1)),
    (event) =>
      switchKey(event.detail.cloud?.service, event.detail.cloud?.account, event.detail.cloud?.region),
  );
  for (const access of uncovered) {
    const service = switchOf(access);
    if (service === null || access.cloud === null) continue;
    const own = bySwitch.get(switchKey(service, access.cloud.account, access.cloud.region)) ?? [];
    const last = own.findLast((event) => event.time <= access.opened && concerns(event, access));
    if (last?.detail.cloud?.state === 'off') found.set(access.uid, [toReason(last)]);
  }
  return found;
}

function decides({ kind, detail: { cloud } }: Event): boolean {
  if (kind !== 'control.change' || cloud === undefined) return false;
  return cloud.state !== undefined || (cloud.service === 'ssm' && REPLACING.has(cloud.action));
}

/** Which service's switch decides about a session's recording. A document of one's own carries its own settings. */
function switchOf({ path, cloud }: Access): 'ssm' | 'ecs' | null {
  if (path === 'ecs-exec') return 'ecs';
  const byPreferences =
    BY_PREFERENCES.has(path) && SESSION_CALLS.has(cloud?.action ?? '') && cloud?.documentClass !== 'custom';
  return byPreferences ? 'ssm' : null;
}

function switchKey(service?: string, account?: string | null, region?: string | null): string {
  return `${service ?? ''} ${account ?? ''} ${region ?? ''}`;
}

/** A cluster has its own switch: its name begins the target `CLUSTER/TASK`. */
function concerns(event: Event, access: Access): boolean {
  const resource = event.detail.cloud?.resource;
  if (access.path !== 'ecs-exec' || resource === undefined) return true;
  // A call may name the cluster by its ARN.
  return access.target.startsWith(`${resource.slice(resource.lastIndexOf('/') + 1)}/`);
}

function toReason(event: Event): Reason {
  const { cloud } = event.detail;
  const who = cloud?.arn ?? event.account ?? 'somebody';
  const call = `${cloud?.service ?? ''}:${cloud?.action ?? ''}`;
  const detail = `${who} switched session recording off on ${toIso(event.time)} (${call}, event ${cloud?.eventId ?? ''})`;
  return { code: 'recording-disabled', detail };
}
