import type { Access } from '../model/access.ts';
import type { SessionIds } from '../model/event.ts';
import type { Path } from '../model/path.ts';
import type { Channel } from './connections.ts';
import type { SeenConnection, SeenElevation } from './witnesses.ts';

/** sshd opens the first channel within milliseconds of the login; a log that ends earlier cannot tell. */
const FIRST_CHANNEL_MS = 5_000;

/**
 * One connection → one access per channel, or one for the connection where the log shows none.
 * `lastSeen` is the time of the stream's last record: absence of a channel means something only after it.
 */
export function toConnectionAccesses(target: string, one: SeenConnection, lastSeen: number): Access[] {
  if (one.channels.length === 0) return [connectionAccess(target, one, lastSeen)];
  return one.channels.map((channel, at) => channelAccess(target, one, channel, at === 0));
}

function connectionAccess(target: string, one: SeenConnection, lastSeen: number): Access {
  return {
    ...common(target, one),
    uid: one.uid,
    path: pathWithoutChannel(one, lastSeen),
    opened: one.opened,
    closed: one.closed,
    closedBy: one.closedBy,
    session: idsOf(one, null),
    forcedCommand: null,
    refs: one.refs,
  };
}

/** At VERBOSE every session channel is logged and forwarding is not: no channel means a tunnel. */
function pathWithoutChannel(one: SeenConnection, lastSeen: number): Path {
  const shown = one.verbose && !one.withoutAccepted;
  const settled = one.closedBy === 'record' || lastSeen - one.opened > FIRST_CHANNEL_MS;
  return shown && settled ? 'ssh-forward' : 'ssh';
}

function channelAccess(target: string, one: SeenConnection, channel: Channel, isFirst: boolean): Access {
  return {
    ...common(target, one),
    uid: isFirst ? one.uid : channel.uid,
    path: channel.path,
    opened: isFirst ? one.opened : channel.opened,
    closed: channel.closed ?? one.closed,
    closedBy: channel.closed === null ? one.closedBy : 'record',
    session: idsOf(one, channel),
    forcedCommand: channel.forcedCommand,
    refs: isFirst ? one.refs : [channel.ref],
  };
}

function common(target: string, one: SeenConnection) {
  return {
    account: one.account,
    accountUid: one.accountUid,
    actor: null,
    target,
    origin: one.origin,
    credential: one.credential,
    resolution: one.resolution,
    assumed: one.assumed,
    channelsShown: one.verbose,
    connection: one.uid,
    ioLog: null,
    command: null,
    via: null,
    parents: [],
    streams: one.streams,
    cloud: null,
    withoutAccepted: one.withoutAccepted,
  };
}

function idsOf(one: SeenConnection, channel: Channel | null): SessionIds {
  return {
    ...(one.pid === null ? {} : { pid: one.pid }),
    ...(one.childPid === null ? {} : { childPid: one.childPid }),
    ...(one.auditSession === null ? {} : { auditSession: one.auditSession }),
    ...(one.bootId === null ? {} : { bootId: one.bootId }),
    ...(one.logindSession === null ? {} : { logindSession: one.logindSession }),
    ...(channel?.tty == null ? {} : { tty: channel.tty }),
    ...(channel?.slot == null ? {} : { channel: channel.slot }),
  };
}

export function toElevationAccess(target: string, one: SeenElevation): Access {
  return {
    uid: one.uid,
    path: one.path,
    account: one.account,
    accountUid: null,
    actor: one.actor,
    target,
    origin: null,
    credential: null,
    opened: one.opened,
    closed: one.closed,
    closedBy: one.closed === null ? null : 'record',
    resolution: one.resolution,
    assumed: one.assumed,
    channelsShown: false,
    connection: one.uid,
    session: elevationIds(one),
    forcedCommand: null,
    ioLog: ioLogClaim(one),
    command: one.command,
    via: null,
    parents: [],
    streams: one.streams,
    cloud: null,
    withoutAccepted: false,
    refs: one.refs,
  };
}

function elevationIds(one: SeenElevation): SessionIds {
  return {
    ...(one.pid === null ? {} : { pid: one.pid }),
    ...(one.auditSession === null ? {} : { auditSession: one.auditSession }),
    ...(one.bootId === null ? {} : { bootId: one.bootId }),
    ...(one.tty === null ? {} : { tty: one.tty }),
    ...(one.tsid === null ? {} : { tsid: one.tsid }),
    ...(one.iologPath === null ? {} : { iologPath: one.iologPath }),
    ...(one.uuid === null ? {} : { uuid: one.uuid }),
  };
}

/**
 * A TSID or an I/O log path is sudo's claim to have recorded; a JSON event without path denies it. A plain line
 * without TSID tells nothing by itself: with a log server sudo prints none.
 */
function ioLogClaim(one: SeenElevation): Access['ioLog'] {
  if (one.service !== 'sudo' && !one.service.startsWith('sudo-')) return null;
  if (one.tsid !== null || one.iologPath !== null) return 'claimed';
  return one.json ? 'denied' : 'unknown';
}
