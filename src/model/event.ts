import type { Path } from './path.ts';

/**
 * What one record of a witness says. Names follow one rule: `access.*` opens, uses or closes an access;
 * `session.*` is bookkeeping of the host that ties accesses to ids (PAM, logind, kernel audit);
 * `connection.open` proves the log level and the local address; `control.change` and `source.gap` are about
 * the measurement itself.
 */
export type EventKind =
  | 'access.open'
  | 'access.use'
  | 'access.close'
  | 'connection.open'
  | 'session.open'
  | 'session.close'
  | 'session.link'
  | 'recording.open'
  | 'recording.close'
  | 'recording.stored'
  | 'credential.issue'
  | 'control.change'
  | 'source.gap';

export interface Origin {
  readonly ip: string;
  readonly port: number | null;
}

export interface Credential {
  /** `publickey`, `certificate`, `password`, `keyboard-interactive`, `gssapi`, `hostbased`, `none`, … */
  readonly type: string;
  /** Fingerprint as the log prints it (`SHA256:…`, or `MD5:aa:bb:…`); null where the method has none. */
  readonly id: string | null;
  /** Certificate key id: names a person and an issue, never a session. */
  readonly keyId?: string;
  /** Certificate serial as a decimal string; `0` means unset. */
  readonly serial?: string;
  /** Fingerprint of the signing CA. */
  readonly ca?: string;
}

/** Ids usable for joining. Each is scoped by host, and most of them recur: never join on one without time. */
export interface SessionIds {
  /** Process that logged the record: for sshd the monitor, or the user child for channel lines. */
  readonly pid?: number;
  /** Process of the user child that a monitor names (`User child is on pid N`). */
  readonly childPid?: number;
  /** Kernel audit session id (auditd `ses`, journald `_AUDIT_SESSION`, tlog `session`). Unset values are absent. */
  readonly auditSession?: number;
  readonly logindSession?: string;
  readonly bootId?: string;
  /** Terminal without `/dev/`, e.g. `pts/0`. */
  readonly tty?: string;
  /** sshd's reusable channel slot (`id N`), not a channel number. */
  readonly channel?: number;
  /** sudo I/O log session id as printed; releases before 1.9.14 print only its last two digits on accept. */
  readonly tsid?: string;
  /** Absolute path of the sudo I/O log as sudo names it. */
  readonly iologPath?: string;
  /** sudo event uuid: the same on accept and exit. */
  readonly uuid?: string;
  /**
   * Id under which a cloud keeps the recording of one session: SSM session id, `ecs-execute-command-…`, and for a
   * command sent to many instances `COMMAND-ID/INSTANCE-ID`. Unique for good: it joins without time.
   */
  readonly cloudSession?: string;
  /** Windows logon id, `0x…` in lower case: unique on its host until that boots. */
  readonly logonId?: string;
}

export interface EventDetail {
  /** PAM service or subsystem of the host: `sshd`, `sudo`, `sudo-i`, `su`, `su-l`, `login`, `cron`, … */
  readonly service?: string;
  /** What an `access.close` closes. */
  readonly scope?: 'channel' | 'connection' | 'elevation';
  /** Command of a forced-command session, as sshd logs it. */
  readonly forcedCommand?: string;
  /** Address of the target that the client connected to. */
  readonly localIp?: string;
  /** Executable of an elevation, without its arguments (arguments may hold secrets). */
  readonly command?: string;
  /** True where sudo writes its events as JSON: then a missing `iologPath` proves that nothing was recorded. */
  readonly json?: boolean;
  /** Numeric uid of `account`, where the record names it. */
  readonly accountUid?: number;
  /** Name or uid of the account that asked for the session (`by NAME(uid=N)`). */
  readonly by?: string;
  readonly byUid?: number;
  /** For `control.change` and `source.gap`: what changed, as a stable code, e.g. `audit-disabled`. */
  readonly control?: string;
  /** For `source.gap`: how many records the source itself says it lost. */
  readonly lost?: number;
  /** What a record of a cloud's audit trail tells beyond that. */
  readonly cloud?: CloudDetail;
}

/** Whose audit trail it is: of a cloud, a cluster, a vault, an identity provider, a broker of sessions. */
export type Provider =
  | 'aws'
  | 'gcp'
  | 'kubernetes'
  | 'vault'
  | 'okta'
  | 'entra'
  | 'windows'
  | 'teleport'
  | 'pam';

/** What the document of an SSM session allows: a shell, one command, a tunnel, or what only its content tells. */
export type DocumentClass = 'shell' | 'command' | 'tunnel' | 'custom';

/** What a record of a cloud's audit trail tells about who did what where. Access key ids name keys; they are no secrets. */
export interface CloudDetail {
  readonly provider: Provider;
  /** `eventSource` without its domain, e.g. `ssm`. */
  readonly service: string;
  /** `eventName`. */
  readonly action: string;
  /** Id of the record; duplicates share it. */
  readonly eventId: string;
  /** Same in the records of one call that several accounts got. */
  readonly sharedId?: string;
  /** Account that got the record, 12 digits. */
  readonly account: string | null;
  readonly region: string | null;
  /** `userIdentity.type`. */
  readonly identity: string;
  readonly arn: string | null;
  /** Access key that the caller used, and the one that the call handed out: they chain roles to the person. */
  readonly usedKey?: string;
  readonly issuedKey?: string;
  /** Epoch ms at which what was handed out expires. */
  readonly expires?: number;
  /** Set by who assumed the role first and kept through every further role. */
  readonly sourceIdentity?: string;
  /** Epoch ms: `sessionContext.attributes.creationDate`. */
  readonly sessionSince?: number;
  readonly mfa?: boolean;
  /** The session name was set by an identity provider, not by the caller. */
  readonly namedByProvider?: boolean;
  /** SSM document of the session or command, and what it allows. */
  readonly document?: string;
  readonly documentClass?: DocumentClass;
  /** Why the caller says it happened (`reason` of StartSession). */
  readonly reason?: string;
  /** For a command: whether its output is stored anywhere. */
  readonly output?: 'stored' | 'none';
  /** For a tunnel: where it leads. */
  readonly forwards?: { readonly host: string | null; readonly port: number | null };
  /** For `control.change`: the trail, bucket, log group, key, document or cluster that changed. */
  readonly resource?: string;
  /** For `control.change`: whether recording or its evidence is off or on after it; absent where the call does not tell. */
  readonly state?: 'off' | 'on';
  /** Rules on the trail's own records that matched, and the sentence each gave. */
  readonly rules?: readonly ScreenMatch[];
  /** What a broker of sessions says of one, and of the recording that it keeps itself. */
  readonly brokered?: BrokeredSession;
}

/** A session through a broker, as the broker's own trail describes it. What it does not say is absent. */
export interface BrokeredSession {
  /** Where the broker records it (`node`, `node-sync`, `proxy`, `proxy-sync`); `off` where it keeps nothing. */
  readonly mode?: string;
  /** A terminal was attached. Without one only the command line is kept. */
  readonly interactive?: boolean;
  /** The kernel was asked for commands, files and connections too. */
  readonly enhanced?: boolean;
  /** The target runs plain sshd: the broker's proxy records, whatever `mode` says. */
  readonly agentless?: boolean;
  /** Another node sent the record in place of the one where it happened. */
  readonly forwarded?: boolean;
  /** Ids of the approved requests under which it ran. */
  readonly requests?: readonly string[];
}

/** A rule that matched a record when it was read. */
export interface ScreenMatch {
  /** Id of the rule. */
  readonly rule: string;
  /** The rule's summary, filled from the record. */
  readonly summary: string;
}

/** Where a record stands, for a person: the source's name and the line, cursor or id in it. */
export interface Ref {
  readonly source: string;
  readonly record: string;
}

export interface Event {
  /** `ev_…`, made from the record's place and bytes: reading it twice gives the same uid. */
  readonly uid: string;
  readonly kind: EventKind;
  /** Epoch milliseconds; the fraction keeps microseconds. */
  readonly time: number;
  /** Milliseconds: the true instant lies in [time, time + resolution). 1000 for RFC 3164, else below 1. */
  readonly resolution: number;
  /** What the record did not say about its time and offrecord supplied. */
  readonly assumed: readonly ('zone' | 'year')[];
  /** Position in its stream; breaks ties of equal time. */
  readonly seq: number;
  /** Stream the record came from: one log with its rotated files. */
  readonly stream: string;
  /** Program that logged it, without version suffixes: `sshd`, `sudo`, `su`, `systemd-logind`, `auditd`, … */
  readonly program: string;
  readonly target: string | null;
  /** Host name as the record spells it, where that differs from `target`. */
  readonly reportedHost: string | null;
  readonly path: Path | null;
  /** Account on the target; for sudo and su the account that was switched to. */
  readonly account: string | null;
  /** For sudo and su the account that invoked it. */
  readonly actor: string | null;
  readonly origin: Origin | null;
  readonly credential: Credential | null;
  readonly session: SessionIds;
  readonly detail: EventDetail;
  readonly ref: Ref;
}

export type RejectCode =
  | 'not-text'
  | 'unknown-shape'
  | 'no-time'
  | 'bad-time'
  | 'bad-json'
  | 'unparsed-message'
  | 'too-long'
  | 'cut-off';

/** A record that could not be understood. Carries no content: log lines may hold mistyped passwords. */
export interface Reject {
  readonly code: RejectCode;
  readonly detail: string;
  readonly ref: Ref;
}

/** Result of decoding one record. Decoding is total: it never throws and never drops silently. */
export interface Parsed {
  readonly events: readonly Event[];
  readonly rejects: readonly Reject[];
  /** Time of the record in epoch ms where it has one, also for records without events: it moves the watermark. */
  readonly time: number | null;
  /** Host the record names, also for records without events: it feeds the per-host last-seen table. */
  readonly host: string | null;
  /** Records that rules are to see as they are, for formats that rules are written for (`Format.screened`). */
  readonly screen?: readonly Screenable[];
}

/** A record as it was read, and the event that it becomes where a rule matches it. */
export interface Screenable {
  readonly record: unknown;
  /** A `control.change` with `detail.cloud`; `rules` is filled in from the matches. */
  readonly event: Event;
  /** True where the event counts without any rule: judging needs it. */
  readonly always: boolean;
}
