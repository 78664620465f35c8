import { event, recording } from '../support/build.ts';
import { type Draft, keep, type Running, type Say } from './draft.ts';
import { addElevations } from './elevations.ts';
import { channelsOf, isAnonymous, type Session } from './sessions.ts';

/** The lines and recordings of one login, as sshd, kernel audit and its recorder leave them. */
export function addSession(draft: Draft, session: Session): void {
  const { opened, closed, target, origin, pids, plan, host } = session;
  const base = { target, account: plan.account };
  const ofSshd = { ...base, origin };
  const boot = host.witness === 'journald' ? { bootId: session.bootId } : {};
  const say = (part: Parameters<typeof event>[0]) => {
    const one = event({ ...part, session: { ...part.session, ...boot } });
    draft.events.push(one);
    return one.uid.replace(/^ev_/, 'acc_');
  };
  const { monitor, child } = pids;
  if (host.verbose)
    say({ ...ofSshd, account: null, kind: 'connection.open', time: opened - 150, session: { pid: monitor } });
  const uid = say({ ...ofSshd, kind: 'access.open', path: 'ssh', time: opened, session: { pid: monitor } });
  say({
    ...base,
    kind: 'session.open',
    time: opened + 2,
    session: { pid: monitor },
    detail: { service: 'sshd' },
  });
  if (host.witness === 'auditd') {
    say({
      ...base,
      kind: 'session.link',
      program: 'auditd',
      stream: 'audit.log',
      time: opened + 3,
      session: { pid: monitor, auditSession: session.auditSession },
    });
  }
  if (host.verbose)
    say({
      ...base,
      account: null,
      kind: 'session.link',
      time: opened + 10,
      session: { pid: monitor, childPid: child },
    });
  addChannels(draft, session, uid, say);
  if (plan.end === 'clean') {
    say({
      ...ofSshd,
      kind: 'access.close',
      time: closed - 3,
      session: { pid: child, ...journaled(session) },
      detail: { scope: 'connection' },
    });
  }
  if (plan.end !== 'none') {
    say({
      ...base,
      kind: 'session.close',
      time: closed,
      session: { pid: monitor },
      detail: { service: 'sshd' },
    });
  }
}

/** The journal knows the audit session of the user's own process, not yet that of its monitor at the login. */
function journaled({ host, auditSession }: Session): { auditSession?: number } {
  return host.witness === 'journald' ? { auditSession } : {};
}

function addChannels(draft: Draft, session: Session, uid: string, say: Say): void {
  const { host, plan, target, origin, pids } = session;
  const running: Running[] = [];
  const plans = channelsOf(session).map((one, at) => (at === 0 ? { ...one, afterMs: 0 } : one));
  const inTime = [...plans].sort((a, b) => a.afterMs - b.afterMs);
  for (const [at, channel] of inTime.entries()) {
    const opened = session.opened + 20 + channel.afterMs;
    if (opened > session.closed - 1_000) continue;
    const own = at === 0 ? null : channel.lengthMs;
    const closed = own === null ? session.closed : Math.min(opened + own, session.closed);
    const slots = running.filter((one) => one.closed > opened - 5).map((one) => one.slot);
    const slot = [0, 1, 2].find((one) => !slots.includes(one)) ?? 3;
    const tty = channel.path === 'ssh-shell' ? `pts/${session.at * 4 + slot}` : null;
    const ids = { pid: pids.child, channel: slot, ...journaled(session), ...(tty === null ? {} : { tty }) };
    const base = { target, account: plan.account, origin, session: ids };
    const forced = plan.recorder === 'forced' ? { detail: { forcedCommand: `rec ${plan.account}` } } : {};
    const path = plan.recorder === 'forced' ? 'ssh' : channel.path;
    const shown = host.verbose ? say({ ...base, ...forced, kind: 'access.use', path, time: opened }) : uid;
    if (host.verbose && closed < session.closed) {
      say({ ...base, kind: 'access.close', time: closed, detail: { scope: 'channel' } });
    }
    running.push({ uid: at === 0 ? uid : shown, plan: channel, opened, closed, tty, slot });
  }
  const locked = (one: Running) =>
    running.some((other) => other !== one && other.opened < one.opened && other.closed > one.opened);
  for (const one of running) {
    if (plan.recorder === 'tlog' && locked(one)) continue;
    addRecording(draft, session, one);
  }
  addElevations(draft, session, running[0], say);
}

function addRecording(draft: Draft, session: Session, channel: Running): void {
  const { plan, recorderSkewMs, target, pids, origin } = session;
  const opened = session.startOf(channel.opened);
  if (opened > channel.closed - 500) return;
  const closed = Math.max(opened, channel.closed - 300 - plan.silentMs);
  const isTlog = plan.recorder === 'tlog';
  const ends = plan.recorder === 'script' || plan.recorder === 'forced';
  const one = recording({
    recorder: plan.recorder === 'forced' ? 'asciicast' : plan.recorder,
    target,
    account: isAnonymous(session) ? null : plan.account,
    launch: isTlog ? 'session' : 'unknown',
    evidence: 'E3',
    resolution: plan.recorder === 'script' || plan.recorder === 'asciicast' ? 1_000 : 1,
    opened: opened + recorderSkewMs,
    closed: (ends ? channel.closed - 100 : closed) + recorderSkewMs,
    endProven: ends,
    hasEndMarker: ends,
    terminal: channel.tty !== null,
    origin: !isTlog && plan.withId ? origin : null,
    ids: {
      ...(isTlog && plan.withId ? { auditSession: session.auditSession, bootId: session.bootId } : {}),
      ...(plan.named ? { pid: pids.recorder } : {}),
      ...(channel.tty !== null && plan.recorder === 'script' ? { tty: channel.tty } : {}),
    },
  });
  keep(draft, one, channel.plan.fate, channel.uid, opened - channel.opened < 1_000);
}
