import type {
  BrokeredSession,
  Credential,
  DocumentClass,
  Origin,
  Provider,
  Ref,
  SessionIds,
} from './event.ts';
import { type Path, TUNNELS } from './path.ts';
import type { EvidenceClass } from './recording.ts';

export type PrincipalKind = 'human' | 'service' | 'agent' | 'vendor' | 'shared';

/** One use of privilege on one target by one account, from open to close. */
export interface Access {
  /** `acc_…`, made from the record that opened it. */
  readonly uid: string;
  readonly path: Path;
  readonly account: string;
  /** Numeric uid of the account on the target, where a record names it. */
  readonly accountUid: number | null;
  /** For sudo and su the account that invoked it. */
  readonly actor: string | null;
  readonly target: string;
  readonly origin: Origin | null;
  readonly credential: Credential | null;
  /** Epoch ms. */
  readonly opened: number;
  /** Epoch ms, null while open or where no record tells. */
  readonly closed: number | null;
  /** How the end is known: a record of this access, or what ended the session around it. */
  readonly closedBy: 'record' | 'parent' | 'pid-reused' | 'recording' | null;
  /** Milliseconds: uncertainty of `opened` and `closed`. */
  readonly resolution: number;
  readonly assumed: readonly ('zone' | 'year')[];
  /** True where the log is known to show channels (VERBOSE), so that their absence means a tunnel. */
  readonly channelsShown: boolean;
  /** Accesses of one connection share this. */
  readonly connection: string;
  readonly session: SessionIds;
  readonly forcedCommand: string | null;
  /** For elevations: what the log claims about an I/O log of its own. */
  readonly ioLog: 'claimed' | 'denied' | 'unknown' | null;
  /** Executable of an elevation, without arguments. */
  readonly command: string | null;
  /** The access on a jump host that carried this one. */
  readonly via: string | null;
  /** The session this elevation happened in: one uid where known, several where the log cannot tell. */
  readonly parents: readonly string[];
  /** Streams whose records show this access. */
  readonly streams: readonly string[];
  /** What a cloud's audit trail tells; null where no trail shows this access. */
  readonly cloud: CloudAccess | null;
  /** True where only host bookkeeping (PAM) shows it: the witness that names key and origin was silent. */
  readonly withoutAccepted: boolean;
  readonly refs: readonly Ref[];
}

/** The cloud's side of an access. */
export interface CloudAccess {
  readonly provider: Provider;
  /** 12 digits. */
  readonly account: string | null;
  readonly region: string | null;
  /** `userIdentity.type` of the caller. */
  readonly identity: string;
  readonly arn: string | null;
  readonly action: string;
  readonly document: string | null;
  readonly documentClass: DocumentClass | null;
  readonly reason: string | null;
  readonly mfa: boolean | null;
  /** Only bytes of others pass through it: nothing can record it. */
  readonly tunnel: boolean;
  readonly forwards: { readonly host: string | null; readonly port: number | null } | null;
  /** For a command: whether its output is stored anywhere. */
  readonly output: 'stored' | 'none' | null;
  /** What a broker says of the session and of the recording that it keeps; null for other accesses. */
  readonly brokered: BrokeredSession | null;
  /** From the person, as far back as the trail shows, to the identity that was used; the last is `account`. */
  readonly chain: readonly string[];
  /** Names to look the principal up by, the most trustworthy first; names that the caller chose are not among them. */
  readonly names: readonly string[];
}

/** True where only the bytes of others pass through an access: no recorder can see its content. */
export function isTunnel(access: Pick<Access, 'path' | 'cloud'>): boolean {
  return TUNNELS.has(access.path) || access.cloud?.tunnel === true;
}

export type Verdict = 'recorded' | 'inadequate' | 'unrecorded' | 'excepted' | 'pending' | 'undetermined';

/** Why a verdict is what it is. `code` is a check id of rules/, or a plain fact such as `forced-command`. */
export interface Reason {
  readonly code: string;
  readonly detail: string;
}

/** A recording taken for an access, with how and how much. */
export interface Cover {
  readonly uid: string;
  readonly join: 'exact' | 'matched' | 'nested';
  /** Share of the access's time that the recording covers, 0…1. */
  readonly covers: number;
  readonly endProven: boolean;
  /** Why this pair was taken, for `explain`. */
  readonly why: string;
}

/** A recording that was looked at and not taken. */
export interface NearMiss {
  readonly uid: string;
  readonly why: string;
}

export interface AppliedException {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly expires: number;
}

export interface JudgedAccess extends Access {
  readonly principal: { readonly id: string; readonly kind: PrincipalKind } | null;
  readonly targetKind: 'host' | 'cloud' | 'cluster' | 'database';
  readonly tier: string | null;
  readonly privileged: boolean;
  readonly breakGlass: boolean;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly recordings: readonly Cover[];
  readonly nearMisses: readonly NearMiss[];
  readonly exception: AppliedException | null;
  /** An exception approved after the access: it closes the finding, never the verdict. */
  readonly acceptedAfterwards: AppliedException | null;
  readonly evidence: { readonly required: EvidenceClass; readonly found: EvidenceClass };
}
