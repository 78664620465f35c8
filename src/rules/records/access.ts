import type { JudgedAccess, PrincipalKind, Reason, Verdict } from '../../model/access.ts';
import { toIso, toIsoOrNull } from '../../util/iso.ts';

/** What a rule on `service: access` sees. Times are ISO 8601 in UTC with milliseconds. */
export interface AccessRecord {
  readonly type: 'access';
  readonly uid: string;
  readonly path: string;
  readonly account: string;
  /** For sudo and su the account that invoked it. */
  readonly actor: string | null;
  readonly target: { readonly id: string; readonly kind: string; readonly tier: string | null };
  readonly principal: { readonly id: string; readonly kind: PrincipalKind } | null;
  readonly origin: { readonly ip: string; readonly port: number | null } | null;
  readonly credential: {
    readonly type: string;
    readonly id: string | null;
    readonly key_id: string | null;
    readonly serial: string | null;
  } | null;
  readonly opened: string;
  /** Null while open, and where no record tells. */
  readonly closed: string | null;
  readonly open: boolean;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly recordings: readonly {
    readonly uid: string;
    readonly join: string;
    /** Share of the access's time, 0…1. */
    readonly covers: number;
    readonly end_proven: boolean;
  }[];
  readonly evidence: { readonly required: string; readonly found: string };
  /** The risk acceptance in force at the access. */
  readonly exception: { readonly id: string } | null;
  /** A risk acceptance approved after the access. */
  readonly accepted_afterwards: { readonly id: string } | null;
  readonly privileged: boolean;
  /** What the rules with `classify: break-glass` said. */
  readonly break_glass: boolean;
  /** Which part of the access the configuration declares as break-glass. */
  readonly break_glass_declared: BreakGlassDeclared;
  readonly forced_command: string | null;
  /** The tunnel or session on a jump host that carried this access, and whether this access is recorded or excepted. */
  readonly via: { readonly uid: string; readonly carries_recorded: boolean } | null;
  /** For a tunnel, the login it carried. */
  readonly carries: { readonly uid: string; readonly verdict: Verdict } | null;
  /** True where there is a register and it does not know the person or the target. */
  readonly unregistered: Unregistered;
  /** True where offrecord supplied the zone or the year of its times. */
  readonly time_assumed: boolean;
  /** True where the witness that names key and origin was silent. */
  readonly without_accepted: boolean;
  /** What a cloud's audit trail tells; null where no trail shows the access. */
  readonly cloud: CloudRecord | null;
}

/** The cloud's side of an access. */
export interface CloudRecord {
  /** SSM document of the session or command. */
  readonly document: string | null;
  /** `shell`, `command`, `tunnel`, or `custom` where only the document's content tells. */
  readonly document_class: string | null;
  readonly region: string | null;
  /** Account of the cloud, 12 digits. */
  readonly account: string | null;
  /** Kind of caller: `Root`, `IAMUser`, `AssumedRole`, … */
  readonly identity: string;
  readonly arn: string | null;
  /** Null where the record does not tell. */
  readonly mfa: boolean | null;
  /** Why the caller says it happened. */
  readonly reason: string | null;
  /** Only bytes of others pass through it. */
  readonly tunnel: boolean;
  /** For a command: `stored`, or `none` where its output is kept nowhere. */
  readonly output: string | null;
}

export interface BreakGlassDeclared {
  readonly principal: boolean;
  readonly account: boolean;
  readonly credential: boolean;
}

export interface Unregistered {
  readonly principal: boolean;
  readonly target: boolean;
}

/** What configuration and the other accesses add to an access. */
export interface AccessFacts {
  readonly breakGlassDeclared: BreakGlassDeclared;
  readonly unregistered: Unregistered;
  /** For a tunnel, the login whose `via` names it. */
  readonly carries: { readonly uid: string; readonly verdict: Verdict } | null;
}

/** Dotted paths of an AccessRecord; `classify` rules may only use those that are known before the verdict. */
export const ACCESS_FIELDS = [
  'type uid path account actor opened closed open forced_command time_assumed without_accepted',
  'target.id target.kind target.tier principal.id principal.kind origin.ip origin.port',
  'credential.type credential.id credential.key_id credential.serial via.uid',
  'break_glass_declared.principal break_glass_declared.account break_glass_declared.credential',
  'unregistered.principal unregistered.target',
  'cloud.document cloud.document_class cloud.region cloud.account cloud.identity cloud.arn cloud.mfa',
  'cloud.reason cloud.tunnel cloud.output',
].flatMap((line) => line.split(' '));

/** Dotted paths that judging fills. */
export const VERDICT_FIELDS = [
  'verdict reasons.code reasons.detail evidence.required evidence.found exception.id accepted_afterwards.id',
  'recordings.uid recordings.join recordings.covers recordings.end_proven',
  'privileged break_glass via.carries_recorded carries.uid carries.verdict',
].flatMap((line) => line.split(' '));

const COVERED: ReadonlySet<Verdict> = new Set<Verdict>(['recorded', 'excepted']);

/** The record of a judged access. For classification, before the verdict, its verdict fields do not matter. */
export function toAccessRecord(access: JudgedAccess, facts: AccessFacts): AccessRecord {
  return {
    type: 'access',
    uid: access.uid,
    path: access.path,
    account: access.account,
    actor: access.actor,
    target: { id: access.target, kind: access.targetKind, tier: access.tier },
    principal: access.principal,
    origin: access.origin === null ? null : { ip: access.origin.ip, port: access.origin.port },
    credential: toCredential(access),
    opened: toIso(access.opened),
    closed: toIsoOrNull(access.closed),
    open: access.closed === null,
    verdict: access.verdict,
    reasons: access.reasons,
    recordings: access.recordings.map((cover) => ({
      uid: cover.uid,
      join: cover.join,
      covers: cover.covers,
      end_proven: cover.endProven,
    })),
    evidence: access.evidence,
    exception: access.exception === null ? null : { id: access.exception.id },
    accepted_afterwards: access.acceptedAfterwards === null ? null : { id: access.acceptedAfterwards.id },
    privileged: access.privileged,
    break_glass: access.breakGlass,
    break_glass_declared: facts.breakGlassDeclared,
    forced_command: access.forcedCommand,
    via: access.via === null ? null : { uid: access.via, carries_recorded: COVERED.has(access.verdict) },
    carries: facts.carries,
    unregistered: facts.unregistered,
    time_assumed: access.assumed.length > 0,
    without_accepted: access.withoutAccepted,
    cloud: toCloudRecord(access),
  };
}

function toCloudRecord({ cloud }: JudgedAccess): CloudRecord | null {
  if (cloud === null) return null;
  const { document, documentClass, region, account, identity, arn, mfa, reason, tunnel, output } = cloud;
  return {
    document,
    document_class: documentClass,
    region,
    account,
    identity,
    arn,
    mfa,
    reason,
    tunnel,
    output,
  };
}

function toCredential({ credential }: JudgedAccess): AccessRecord['credential'] {
  if (credential === null) return null;
  const { type, id, keyId, serial } = credential;
  return { type, id, key_id: keyId ?? null, serial: serial ?? null };
}
