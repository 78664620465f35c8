import fc from 'fast-check';
import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import { T0 } from '../support/build.ts';
import type { Draft } from './draft.ts';
import { type WorldPlan, worldPlan } from './plans.ts';
import { addSession } from './records.ts';
import { toSessions } from './sessions.ts';

/** What happened, what was seen of it, and the truth beside it. */
export interface World {
  readonly events: readonly Event[];
  readonly recordings: readonly Recording[];
  /** Accesses that a recording shows whole, by uid, be it that of the session around: no other is recorded. */
  readonly recorded: ReadonlySet<string>;
  /** Access that a recording is of, by uid of the recording. */
  readonly accessOf: ReadonlyMap<string, string>;
  /** Recorders whose clock is not that of the log: what is known of it hangs on their exact pairs. */
  readonly skewed: boolean;
  readonly plan: WorldPlan;
  /** How a failing test shows it. */
  readonly [fc.toStringMethod]: () => string;
}

export const world = worldPlan.map(toWorld);

export function toWorld(plan: WorldPlan): World {
  const sessions = toSessions(plan);
  const draft: Draft = {
    events: [],
    recordings: [],
    recorded: new Set(),
    accessOf: new Map(),
  };
  for (const session of sessions) addSession(draft, session);
  const cut = plan.cutMs === null ? Infinity : T0 + plan.cutMs;
  const isRead = (one: Event) => one.target !== 'web00' || one.time < cut;
  const isOfLog = (one: Recording) => one.target !== 'web00' || (one.opened ?? 0) < cut;
  const made = {
    ...draft,
    events: inFileOrder(draft.events).filter(isRead).map(toLogClock(plan)),
    recordings: draft.recordings.filter(isOfLog),
    skewed: sessions.some((one) => one.recorderSkewMs !== 0),
    plan,
  };
  return { ...made, [fc.toStringMethod]: () => tell(made) };
}

/** Accesses' lines and recordings in seconds from the first instant, with the truth beside them. */
function tell(made: Omit<World, typeof fc.toStringMethod>): string {
  const at = (time: number | null) => (time === null ? '-' : ((time - T0) / 1000).toFixed(3));
  const lines = made.events.map((one) => {
    const { kind, target, program, account, path, session } = one;
    return [
      at(one.time),
      target,
      program,
      kind,
      path ?? '',
      JSON.stringify(account),
      JSON.stringify(session),
      one.uid.slice(-6),
    ].join(' ');
  });
  const recordings = made.recordings.map((one) => {
    const times = `${at(one.opened)} to ${at(one.closed)}`;
    const what = `${one.recorder} ${one.state} of ${JSON.stringify(one.account)} ${JSON.stringify(one.ids)} ${JSON.stringify(one.origin)}`;
    return `${times} ${one.target} ${what} ${one.terminal} belongs to ${made.accessOf.get(one.uid)?.slice(-6)} ${one.uid.slice(-6)}`;
  });
  return ['', ...lines, ...recordings, ''].join('\n');
}

/** Places in the stream follow the true times; a coarse clock then keeps only the seconds. */
function inFileOrder(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => a.time - b.time).map((one, seq) => ({ ...one, seq }));
}

function toLogClock(plan: WorldPlan) {
  return (one: Event): Event => {
    const host = plan.hosts[one.target === 'web00' ? 0 : 1];
    const coarse = host?.coarse === true && one.program !== 'auditd';
    return coarse ? { ...one, resolution: 1_000, time: Math.floor(one.time / 1_000) * 1_000 } : one;
  };
}
