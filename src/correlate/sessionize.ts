import type { Access } from '../model/access.ts';
import type { Event } from '../model/event.ts';
import { type AuditLink, isAuditLink, linkAudit } from './audit-links.ts';
import { toCloudAccesses } from './cloud/accesses.ts';
import { joinBrokered } from './cloud/brokered.ts';
import { joinCertificates } from './cloud/certificates.ts';
import { isCloudEvent } from './cloud/chain.ts';
import { joinPushedKeys, linkCloudTunnels, placeTunnels } from './cloud/one-access.ts';
import { type Connection, type ConnectionsResult, toConnections } from './connections.ts';
import { type Elevation, toElevations } from './elevations.ts';
import { groupBy, inOrder } from './order.ts';
import { linkParents } from './parents.ts';
import { toConnectionAccesses, toElevationAccess } from './to-access.ts';
import { linkCarriers, ownerOfAddress } from './via.ts';
import { mergeConnections, mergeElevations } from './witnesses.ts';
import { type ZoneReading, readZone } from './zones.ts';

/** What a stream shows about itself while its accesses are rebuilt. */
export interface StreamSigns {
  readonly stream: string;
  readonly target: string;
  readonly sessionsWithoutAccepted: number;
  readonly endsWithoutStarts: number;
  readonly zone: ZoneReading;
  /** Epoch ms of the stream's last event on this target. */
  readonly last: number;
}

export interface Sessions {
  readonly accesses: readonly Access[];
  readonly signs: readonly StreamSigns[];
}

/** One stream's view of one target. */
interface View {
  readonly stream: string;
  readonly target: string;
  readonly ssh: ConnectionsResult;
  readonly elevations: readonly Elevation[];
  readonly zone: ZoneReading;
  readonly last: number;
}

/**
 * Events → accesses. Order of arrival is irrelevant, a record given twice counts once, and several witnesses of
 * one access make one access. `event.target` must be an inventory id or a discovered host, null only for kernel
 * audit records of an unnamed host. `addresses` are the known addresses per target, `recordedEnds` the times at which
 * cloud sessions ended by their recordings: what happens on a host later was not in such a session.
 */
export function sessionize(
  events: readonly Event[],
  addresses: ReadonlyMap<string, ReadonlySet<string>>,
  recordedEnds: ReadonlyMap<string, number> = new Map(),
): Sessions {
  const cloud = toCloudAccesses(events, recordedEnds);
  const ordered = inOrder(events.filter((event) => !isCloudEvent(event)));
  const links = ordered.filter(isAuditLink);
  const byTarget = groupBy(
    ordered.filter((event) => event.target !== null && event.program !== 'auditd'),
    (event) => event.target ?? '',
  );
  const views = [...byTarget].map(([target, own]) => viewsOf(target, own, links));
  const onHosts = views.flatMap((own) => accessesOf(own, links));
  const signs = views.flat().map(signsOf);
  const known = withSeenAddresses(addresses, views.flat());
  const inCloud = placeTunnels(cloud.accesses, ownerOfAddress(known));
  const signed = joinCertificates(joinPushedKeys(onHosts, cloud.pushedKeys, signs), cloud.certificates);
  const seen = joinBrokered(signed, inCloud);
  const linked = linkParents([...seen.onHosts, ...seen.inCloud]);
  return { accesses: linkCloudTunnels(linkCarriers(linked, known)), signs };
}

function viewsOf(target: string, events: readonly Event[], links: readonly AuditLink[]): View[] {
  const streams = groupBy(events, (event) => event.stream);
  const ssh = new Map([...streams].map(([stream, own]) => [stream, toConnections(stream, own)]));
  return [...streams].map(([stream, own]) => {
    const connections = ssh.get(stream)?.connections ?? [];
    const others = [...ssh].flatMap(([other, result]) => (other === stream ? [] : result.connections));
    const assumed = own.some((event) => event.assumed.includes('zone'));
    const zone: ZoneReading = assumed
      ? readZone(connections, others, links)
      : { offsetMs: 0, pairs: 0, state: 'as-configured' };
    return viewOf(stream, target, zone.offsetMs === 0 ? own : own.map((event) => shift(event, zone)), zone);
  });
}

function shift(event: Event, zone: ZoneReading): Event {
  return { ...event, time: event.time + zone.offsetMs };
}

function viewOf(stream: string, target: string, events: readonly Event[], zone: ZoneReading): View {
  return {
    stream,
    target,
    ssh: toConnections(stream, events),
    elevations: toElevations(stream, events),
    zone,
    last: events.at(-1)?.time ?? 0,
  };
}

function accessesOf(views: readonly View[], links: readonly AuditLink[]): Access[] {
  const target = views[0]?.target ?? '';
  const connections = mergeConnections(views.flatMap((view) => view.ssh.connections));
  const elevations = mergeElevations(views.flatMap((view) => view.elevations));
  linkAudit(target, connections, elevations, links);
  const lastOf = new Map(views.map((view) => [view.stream, view.last]));
  return [
    ...connections.flatMap((one) => toConnectionAccesses(target, one, lastOf.get(one.stream) ?? one.opened)),
    ...elevations.map((one) => toElevationAccess(target, one)),
  ];
}

function withSeenAddresses(
  addresses: ReadonlyMap<string, ReadonlySet<string>>,
  views: readonly View[],
): Map<string, Set<string>> {
  const known = new Map([...addresses].map(([target, own]) => [target, new Set(own)]));
  for (const view of views) {
    const own = known.get(view.target) ?? new Set<string>();
    for (const address of view.ssh.addresses) own.add(address);
    known.set(view.target, own);
  }
  return known;
}

function signsOf(view: View): StreamSigns {
  return {
    stream: view.stream,
    target: view.target,
    sessionsWithoutAccepted: view.ssh.connections.filter(isBlind).length,
    endsWithoutStarts: view.ssh.endsWithoutStarts.length,
    zone: view.zone,
    last: view.last,
  };
}

/** PAM opened a session and sshd said nothing about it: its LogLevel is below INFO. */
function isBlind(connection: Connection): boolean {
  return connection.withoutAccepted && connection.channels.length === 0;
}
