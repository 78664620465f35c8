import { recording } from '../support/build.ts';
import { type Draft, keep, type Running, type Say } from './draft.ts';
import type { Session } from './sessions.ts';

/** Uses of sudo and su inside a session, with the I/O logs that sudo keeps of them. */
export function addElevations(draft: Draft, session: Session, around: Running | undefined, say: Say): void {
  const { plan, host, target, at } = session;
  if (!around || plan.account === 'root') return;
  for (const [index, elevation] of plan.elevations.entries()) {
    // A log of whole seconds does not tell two uses in one second from one line that came twice.
    const opened = around.opened + elevation.afterMs + index * 110_000;
    const closed = opened + 800;
    if (closed > around.closed - 1_000) continue;
    const isShown = around.plan.fate === 'kept' && opened >= session.startOf(around.opened) - 1_000;
    const { how, command } = elevation;
    const number = `${String(at).padStart(2, '0')}${String(index).padStart(4, '0')}`;
    const tty = around.tty === null ? {} : { tty: around.tty };
    const audit = host.witness !== 'none' ? { auditSession: session.auditSession } : {};
    const base = { target, account: 'root', program: how === 'su' ? 'su' : 'sudo' };
    if (how === 'su') {
      const pid = 30_000 + at * 10 + index;
      const part = { ...base, detail: { service: 'su', by: plan.account, byUid: 1_001 } };
      const uid = say({ ...part, kind: 'session.open', time: opened, session: { pid, ...audit } });
      say({ ...part, kind: 'session.close', time: closed, session: { pid } });
      if (isShown) draft.recorded.add(uid);
      continue;
    }
    const json = how === 'json' || how === 'denied';
    const ids = {
      ...tty,
      ...audit,
      ...(how === 'tsid' ? { tsid: number } : how === 'short-tsid' ? { tsid: number.slice(-2) } : {}),
      ...(json ? { uuid: `uuid-${number}` } : {}),
      ...(how === 'json' ? { iologPath: `/var/log/sudo-io/${number}` } : {}),
    };
    const use = { ...base, path: 'sudo' as const, actor: plan.account };
    const detail = { service: 'sudo', command, json };
    const uid = say({ ...use, kind: 'access.open', time: opened, session: ids, detail });
    if (how !== 'plain') {
      const exit = how === 'short-tsid' ? { ...ids, tsid: number } : ids;
      say({
        ...use,
        kind: 'access.close',
        time: closed,
        session: exit,
        detail: { scope: 'elevation', json },
      });
    }
    if (how === 'denied' || how === 'plain') {
      if (isShown) draft.recorded.add(uid);
      continue;
    }
    const log = recording({
      recorder: 'sudo',
      covers: 'elevation',
      target,
      account: 'root',
      actor: plan.account,
      command,
      evidence: 'E3',
      opened: opened + 4,
      closed: closed - 2,
      endProven: true,
      hasEndMarker: true,
      ids: { ...tty, ...(how === 'json' ? { iologPath: number } : { tsid: number }) },
    });
    keep(draft, log, elevation.fate, uid, true);
    if (isShown) draft.recorded.add(uid);
  }
}
