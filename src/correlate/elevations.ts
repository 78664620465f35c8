import type { Event, Ref } from '../model/event.ts';
import type { Path } from '../model/path.ts';

/** One use of sudo, su, pkexec, doas or run0, or a login on the console, as one stream shows it. */
export interface Elevation {
  readonly uid: string;
  readonly stream: string;
  readonly path: Path;
  readonly service: string;
  /** Account switched to. */
  readonly account: string;
  /** Account that asked; null for a login on the console. */
  actor: string | null;
  readonly opened: number;
  closed: number | null;
  readonly resolution: number;
  readonly assumed: readonly ('zone' | 'year')[];
  tty: string | null;
  pid: number | null;
  auditSession: number | null;
  bootId: string | null;
  tsid: string | null;
  iologPath: string | null;
  uuid: string | null;
  command: string | null;
  /** The event came as JSON, where a missing I/O log path proves that nothing was recorded. */
  json: boolean;
  /** Only the PAM line shows it. */
  pamOnly: boolean;
  /** Time of its PAM opening: each use takes one. */
  pamOpened: number | null;
  readonly refs: Ref[];
}

/** sudo writes its own line and the PAM line of the same use within milliseconds; 5 s allows for slow PAM. */
const PAM_DELAY_MS = 5_000;
/** Lines kept as references: accept, PAM, exit, and what another witness adds. */
const MAX_REFS = 6;

const PAM_PATHS: Readonly<Record<string, Path>> = {
  sudo: 'sudo',
  'sudo-i': 'sudo',
  su: 'su',
  'su-l': 'su',
  'polkit-1': 'sudo',
  doas: 'sudo',
  run0: 'sudo',
  'systemd-run0': 'sudo',
  machinectl: 'su',
  login: 'console',
};

interface State {
  readonly stream: string;
  readonly all: Elevation[];
  /** Uses that have not ended, newest last; bounded by what a host runs at once. */
  open: Elevation[];
}

/** Rebuilds elevations and console logins from one stream of one target, in order of time. */
export function toElevations(stream: string, events: readonly Event[]): readonly Elevation[] {
  const state: State = { stream, all: [], open: [] };
  for (const event of events) take(state, event);
  return state.all;
}

function take(state: State, event: Event): void {
  if (event.program === 'auditd') return;
  if (event.kind === 'access.open' && event.path !== 'ssh') begin(state, event);
  else if (event.kind === 'access.close' && event.detail.scope === 'elevation') endByIds(state, event);
  else if (event.kind === 'session.open') beginByPam(state, event);
  else if (event.kind === 'session.close') endByPam(state, event);
}

function begin(state: State, event: Event): void {
  const known = state.open.findLast((one) => isSame(one, event));
  if (known) complete(known, event);
  else add(state, event, event.path ?? 'sudo', false);
}

/** The same use told again: redelivered, or by PAM first. */
function isSame(one: Elevation, event: Event): boolean {
  if (one.account !== event.account || one.path !== event.path) return false;
  if (one.actor !== null && event.actor !== null && one.actor !== event.actor) return false;
  if (one.pamOnly) return event.time - one.opened <= PAM_DELAY_MS;
  const ids = event.session;
  if (ids.uuid !== undefined && one.uuid !== null) return ids.uuid === one.uuid;
  return (
    one.opened === event.time &&
    one.tty === (ids.tty ?? null) &&
    one.tsid === (ids.tsid ?? null) &&
    one.command === (event.detail.command ?? null) &&
    (one.pid === null || ids.pid === undefined || one.pid === ids.pid)
  );
}

function add(state: State, event: Event, path: Path, pamOnly: boolean): void {
  const elevation: Elevation = {
    uid: event.uid.replace(/^ev_/, 'acc_'),
    stream: state.stream,
    path,
    service: event.detail.service ?? event.program,
    account: event.account ?? '',
    actor: event.actor ?? (pamOnly ? (event.detail.by ?? null) : null),
    opened: event.time,
    closed: null,
    resolution: event.resolution,
    assumed: event.assumed,
    tty: null,
    pid: null,
    auditSession: null,
    bootId: null,
    tsid: null,
    iologPath: null,
    uuid: null,
    command: null,
    json: false,
    pamOnly,
    pamOpened: pamOnly ? event.time : null,
    refs: [],
  };
  complete(elevation, event);
  elevation.pamOnly = pamOnly;
  state.all.push(elevation);
  state.open.push(elevation);
  // A host runs a few elevations at once; uses without an end line must not pile up beyond 1,000.
  if (state.open.length > 1_000) state.open = state.open.slice(-500);
}

function complete(one: Elevation, event: Event): void {
  const ids = event.session;
  one.actor ??= event.actor;
  one.tty ??= ids.tty ?? null;
  one.pid ??= ids.pid ?? null;
  one.auditSession ??= ids.auditSession ?? null;
  one.bootId ??= ids.bootId ?? null;
  if ((ids.tsid?.length ?? 0) > (one.tsid?.length ?? 0)) one.tsid = ids.tsid ?? null;
  one.iologPath ??= ids.iologPath ?? null;
  one.uuid ??= ids.uuid ?? null;
  one.command ??= event.detail.command ?? null;
  one.json ||= event.detail.json ?? false;
  one.pamOnly = false;
  if (one.refs.length < MAX_REFS) one.refs.push(event.ref);
}

function beginByPam(state: State, event: Event): void {
  const path = PAM_PATHS[event.detail.service ?? ''];
  if (!path || event.account === null) return;
  const known = state.open.findLast(
    (one) =>
      one.path === path &&
      one.account === event.account &&
      event.time - one.opened <= PAM_DELAY_MS &&
      (one.pamOpened === null || one.pamOpened === event.time) &&
      samePid(one.pid, event.session.pid) &&
      (one.actor === null || !event.detail.by || one.actor === event.detail.by),
  );
  if (known) {
    known.pamOpened = event.time;
    known.pid ??= event.session.pid ?? null;
    known.auditSession ??= event.session.auditSession ?? null;
    return;
  }
  if (!isService(event, path)) add(state, event, path, true);
}

/** `su … nobody` by root without a terminal, as cron jobs and daemons do it, is no access. */
function isService(event: Event, path: Path): boolean {
  return path !== 'console' && event.detail.byUid === 0;
}

function samePid(a: number | null, b: number | undefined): boolean {
  return a === null || b === undefined || a === b;
}

function endByIds(state: State, event: Event): void {
  const ids = event.session;
  const fits = state.open.filter((open) => {
    if (open.closed !== null && event.time - open.closed > PAM_DELAY_MS) return false;
    if (ids.uuid !== undefined && open.uuid !== null) return ids.uuid === open.uuid;
    if (open.account !== event.account || open.actor !== event.actor) return false;
    if (ids.tsid !== undefined && open.tsid !== null) return sameTsid(ids.tsid, open.tsid);
    return open.tty === (ids.tty ?? null);
  });
  // A use that the line names by id outranks a later one of the same terminal that shows no id.
  const named = fits.findLast((open) => namesUse(ids, open));
  const one = named ?? fits.at(-1);
  if (one) finish(state, one, event);
}

function namesUse({ uuid, tsid }: Event['session'], open: Elevation): boolean {
  return (uuid !== undefined && open.uuid !== null) || (tsid !== undefined && open.tsid !== null);
}

/** Releases before 1.9.14 print the last two digits on accept and all of them on exit. */
export function sameTsid(a: string, b: string): boolean {
  return a.length >= b.length ? a.endsWith(b) : b.endsWith(a);
}

/**
 * PAM names only the account switched to, and sudo's tag often has no pid: the line ends the one open use it
 * can belong to. Where several could be meant the end stays open and the enclosing session bounds it.
 */
function endByPam(state: State, event: Event): void {
  const path = PAM_PATHS[event.detail.service ?? ''];
  if (!path) return;
  const candidates = state.open.filter(
    (one) => one.closed === null && one.path === path && one.account === event.account,
  );
  const byPid = candidates.filter((one) => one.pid !== null && one.pid === event.session.pid);
  const one = byPid.at(-1) ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (one) finish(state, one, event);
}

/** The exit line of sudo follows the PAM line and is the better end: it names the use. */
function finish(state: State, one: Elevation, event: Event): void {
  one.closed = Math.max(one.closed ?? event.time, event.time);
  const tsid = event.session.tsid;
  if ((tsid?.length ?? 0) > (one.tsid?.length ?? 0)) one.tsid = tsid ?? null;
  if (one.refs.length < MAX_REFS) one.refs.push(event.ref);
  if (event.kind === 'access.close') state.open = state.open.filter((open) => open !== one);
}
