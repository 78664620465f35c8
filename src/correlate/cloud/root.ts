import type { Access } from '../../model/access.ts';
import { stableId } from '../../util/ids.ts';
import { groupBy } from '../order.ts';
import type { Chains, CloudEvent } from './chain.ts';
import { toAccess } from './to-access.ts';

/** Sign-in and the first call of its session are stamped by different services. */
const SIGN_IN_SLACK_MS = 60_000;
/** Records shown of one root session; a script can leave thousands. */
const MAX_REFS = 20;
const DAY_MS = 86_400_000;

/** Root's calls of one session are one access; those after a sign-in belong to it. */
export function rootAccesses(
  uses: readonly CloudEvent[],
  signIns: readonly CloudEvent[],
  chains: Chains,
): Access[] {
  const bySession = groupBy(uses, rootKey);
  return [...bySession.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || signIns.some((signIn) => beganWith(first, signIn))) return [];
    const uid = stableId('acc', ['cloud', 'root', rootKey(first)]);
    const closed = own.at(-1)?.time ?? first.time;
    return [
      {
        ...toAccess(first, chains),
        uid,
        connection: uid,
        closed,
        closedBy: 'record' as const,
        streams: [...new Set(own.map((event) => event.stream))],
        refs: own.slice(0, MAX_REFS).map((event) => event.ref),
      },
    ];
  });
}

/**
 * Root's session by its beginning: the console changes its keys while it lasts. Calls with a long-lived key have no
 * session and are counted by day.
 */
function rootKey(event: CloudEvent): string {
  const { account, usedKey, sessionSince, provider } = event.detail.cloud;
  const whose = account ?? `${provider} ${event.target ?? ''}`;
  if (sessionSince !== undefined) return `${whose} since ${sessionSince}`;
  return `${whose} ${usedKey ?? ''} day ${Math.floor(event.time / DAY_MS)}`;
}

function beganWith(use: CloudEvent, signIn: CloudEvent): boolean {
  const { account, sessionSince } = use.detail.cloud;
  if (sessionSince === undefined || account !== signIn.detail.cloud.account) return false;
  return Math.abs(sessionSince - signIn.time) <= SIGN_IN_SLACK_MS;
}
