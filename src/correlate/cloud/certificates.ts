import type { Access } from '../../model/access.ts';
import { groupBy } from '../order.ts';
import type { PushedKey } from './accesses.ts';

/** Clocks of the signer and of the host may differ a little. */
const SKEW_MS = 5_000;
/** A signer that tells no end: certificates for logins are made for hours, and a serial is never given twice. */
const LIFE_MS = 7 * 86_400_000;

/**
 * A login by certificate takes over who had it signed: the serial names one issue. An issue serves many logins, so it
 * is evidence of the person and never of the session. A serial of 0 was not set, and names nothing.
 */
export function joinCertificates(accesses: readonly Access[], issues: readonly PushedKey[]): Access[] {
  const bySerial = groupBy(issues, ({ event }) => event.credential?.serial ?? '');
  return accesses.map((access) => {
    const serial = access.credential?.serial;
    if (access.cloud !== null || serial === undefined || serial === '0') return access;
    const issue = (bySerial.get(serial) ?? []).findLast((one) => mayBeUsed(access, one));
    if (issue === undefined) return access;
    return {
      ...access,
      cloud: issue.access.cloud,
      streams: [...new Set([...access.streams, ...issue.access.streams])],
      refs: [...access.refs, ...issue.access.refs],
    };
  });
}

/** Two signers may count alike: where both name the key or the signer, they must be the same. */
function mayBeUsed(login: Access, { event }: PushedKey): boolean {
  const [used, issued] = [login.credential, event.credential];
  if (used === null || issued === null || differ(used.id, issued.id) || differ(used.ca, issued.ca))
    return false;
  const end = event.detail.cloud.expires ?? event.time + LIFE_MS;
  return login.opened >= event.time - SKEW_MS - login.resolution && login.opened <= end + SKEW_MS;
}

function differ(a: string | null | undefined, b: string | null | undefined): boolean {
  return a != null && b != null && a !== b;
}
