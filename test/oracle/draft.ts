import type { Event } from '../../src/model/event.ts';
import type { Recording } from '../../src/model/recording.ts';
import type { event } from '../support/build.ts';
import type { ChannelPlan, Fate } from './plans.ts';

/** A world while it is being made. */
export interface Draft {
  readonly events: Event[];
  readonly recordings: Recording[];
  readonly recorded: Set<string>;
  readonly accessOf: Map<string, string>;
}

/** Writes a line, and gives the uid of the access that such a line opens. */
export type Say = (part: Parameters<typeof event>[0]) => string;
/** A channel as it ran, epoch ms. */
export interface Running {
  readonly uid: string;
  readonly plan: ChannelPlan;
  readonly opened: number;
  readonly closed: number;
  readonly tty: string | null;
  readonly slot: number;
}

/** Whole seconds of the recorder's clock. */
function atItsClock(one: Recording): Recording {
  if (one.resolution < 1_000 || one.opened === null) return one;
  return { ...one, opened: Math.floor(one.opened / 1_000) * 1_000 };
}

export function keep(
  draft: Draft,
  whole: Recording,
  fate: Fate,
  access: string,
  fromTheStart: boolean,
): void {
  if (fate === 'none' || fate === 'removed') return;
  const one = damaged(atItsClock(whole), fate);
  draft.recordings.push(one);
  draft.accessOf.set(one.uid, access);
  if (fate === 'kept' && fromTheStart) draft.recorded.add(access);
}

function damaged(one: Recording, fate: Fate): Recording {
  const problem = (code: Recording['problems'][number]['code']) => [{ code, detail: fate }];
  if (fate === 'missing') return { ...one, state: 'missing', problems: problem('recording-deleted-early') };
  if (fate === 'corrupt') return { ...one, state: 'corrupt', problems: problem('recording-altered') };
  if (fate === 'truncated') {
    const closed = ((one.opened ?? 0) + (one.closed ?? 0)) / 2;
    return {
      ...one,
      state: 'incomplete',
      closed,
      endProven: false,
      problems: problem('recording-truncated'),
    };
  }
  if (fate === 'empty') {
    return {
      ...one,
      state: 'empty',
      evidence: 'E0',
      closed: null,
      endProven: false,
      problems: problem('recording-empty'),
    };
  }
  return one;
}
