import type { Origin } from '../model/event.ts';
import type { Problem, RecordingIds } from '../model/recording.ts';
import type { NameFacts } from './file-names.ts';
import type { SidecarReading } from './sidecar.ts';

/** What the recording's own bytes say about who, whence and when. */
export interface OwnFacts {
  readonly account?: string | null;
  readonly ip?: string | null;
  readonly port?: number | null;
  readonly tty?: string | null;
  /** Epoch ms. */
  readonly opened?: number | null;
  readonly resolution?: number;
  readonly openedAssumed?: boolean;
}

/** Fields of a recording that may come from its bytes, the sidecar beside it or its name. */
export interface Metadata {
  readonly account: string | null;
  readonly origin: Origin | null;
  readonly opened: number | null;
  readonly resolution: number;
  readonly openedAssumed: boolean;
  readonly reportedHost: string | null;
  readonly ids: RecordingIds;
  readonly problems: readonly Problem[];
}

/**
 * Joins three witnesses in order of trust: the recording itself, its sidecar, its file name. Where recording and
 * sidecar contradict each other the recording's value is kept and both are named: one of them was changed.
 */
export function joinMetadata(own: OwnFacts, sidecar: SidecarReading, name: NameFacts | null): Metadata {
  const side = sidecar.facts;
  return {
    account: own.account ?? side?.account ?? name?.account ?? null,
    origin: originOf(own, side) ?? originOf(name, null),
    ...openingOf(own, sidecar, name),
    reportedHost: name?.host ?? null,
    ids: idsOf(own, sidecar, name),
    problems: [...sidecar.problems, ...contradictions(own, sidecar)],
  };
}

type Address = { readonly ip?: string | null; readonly port?: number | null };

function originOf(first: Address | null, second: Address | null): Origin | null {
  const ip = first?.ip ?? second?.ip ?? null;
  return ip === null ? null : { ip, port: first?.port ?? second?.port ?? null };
}

function openingOf(
  own: OwnFacts,
  sidecar: SidecarReading,
  name: NameFacts | null,
): Pick<Metadata, 'opened' | 'resolution' | 'openedAssumed'> {
  if (typeof own.opened === 'number')
    return {
      opened: own.opened,
      resolution: own.resolution ?? 1000,
      openedAssumed: own.openedAssumed ?? false,
    };
  const side = sidecar.facts;
  if (typeof side?.opened === 'number')
    return { opened: side.opened, resolution: side.openedResolution, openedAssumed: side.openedAssumed };
  return { opened: name?.opened ?? null, resolution: 1000, openedAssumed: name?.openedAssumed ?? false };
}

function idsOf(own: OwnFacts, sidecar: SidecarReading, name: NameFacts | null): RecordingIds {
  const side = sidecar.facts;
  const auditSession = side?.auditSession ?? name?.auditSession ?? null;
  const pid = side?.pid ?? name?.pid ?? null;
  const tty = own.tty ?? side?.tty ?? name?.tty ?? null;
  const id = side?.id ?? name?.id ?? null;
  return {
    ...(auditSession === null ? {} : { auditSession }),
    ...(pid === null ? {} : { pid }),
    ...(tty === null ? {} : { tty }),
    ...(id === null ? {} : { id }),
  };
}

const COMPARED = ['account', 'ip', 'port', 'tty'] as const;

function contradictions(own: OwnFacts, sidecar: SidecarReading): readonly Problem[] {
  return COMPARED.flatMap((field): Problem[] => {
    const [mine, theirs] = [own[field] ?? null, sidecar.facts?.[field] ?? null];
    if (mine === null || theirs === null || mine === theirs) return [];
    const detail = `the recording says ${field} ${mine} and ${sidecar.name} says ${theirs}`;
    return [{ code: 'recording-metadata-incomplete', detail }];
  });
}
