import type { Access } from '../../model/access.ts';
import { groupBy } from '../order.ts';

/** Clocks of the broker and of the host may differ by this. */
const SKEW_MS = 5_000;

export interface Brokered {
  readonly onHosts: Access[];
  readonly inCloud: Access[];
}

/**
 * A broker's own session and the login that the target's sshd saw from it are one access. The certificate that the
 * broker signs names its user: a login to the same account at the same time with that user's certificate is that
 * session. Each session takes at most one login, the nearest in time; the login's ids stay, so that what happens
 * inside it on the host is found.
 */
export function joinBrokered(onHosts: readonly Access[], inCloud: readonly Access[]): Brokered {
  const sessions = inCloud.filter((one) => one.cloud?.provider === 'teleport' && one.path.startsWith('ssh'));
  if (sessions.length === 0) return { onHosts: [...onHosts], inCloud: [...inCloud] };
  const logins = groupBy(
    onHosts.filter((one) => one.path.startsWith('ssh') && one.credential?.keyId !== undefined),
    userKey,
  );
  const taken = new Map<string, Access>();
  const used = new Set<string>();
  for (const session of sessions.toSorted((a, b) => a.opened - b.opened || (a.uid < b.uid ? -1 : 1))) {
    const fitting = (logins.get(`${session.target}\0${session.account}\0${session.actor ?? ''}`) ?? [])
      .filter((login) => !used.has(login.uid) && isAtOnce(session, login))
      .toSorted((a, b) => Math.abs(a.opened - session.opened) - Math.abs(b.opened - session.opened));
    const [login] = fitting;
    if (login === undefined) continue;
    taken.set(session.uid, login);
    used.add(login.uid);
  }
  return {
    onHosts: onHosts.filter((one) => !used.has(one.uid)),
    inCloud: inCloud.map((one) => {
      const login = taken.get(one.uid);
      return login === undefined ? one : withLogin(one, login);
    }),
  };
}

function userKey({ target, account, credential }: Access): string {
  return `${target}\0${account}\0${credential?.keyId ?? ''}`;
}

function isAtOnce(session: Access, login: Access): boolean {
  return Math.abs(session.opened - login.opened) <= SKEW_MS + session.resolution + login.resolution;
}

function withLogin(session: Access, login: Access): Access {
  return {
    ...session,
    accountUid: login.accountUid,
    credential: session.credential ?? login.credential,
    closed: session.closed ?? login.closed,
    closedBy: session.closedBy ?? login.closedBy,
    session: { ...login.session, ...session.session },
    streams: [...new Set([...session.streams, ...login.streams])],
    refs: [...session.refs, ...login.refs],
  };
}
