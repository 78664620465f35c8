import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionize } from '../../src/correlate/sessionize.ts';
import type { Event } from '../../src/model/event.ts';
import { event, login, T0 } from '../support/build.ts';

const accessesOf = (events: readonly Event[]) => sessionize(events, new Map()).accesses;

describe('sessionize: ssh', () => {
  it('makes one access of path ssh from a login at INFO', () => {
    const [only, ...rest] = accessesOf(login());
    assert.equal(rest.length, 0);
    assert.equal(only?.path, 'ssh');
    assert.equal(only?.opened, T0);
    assert.equal(only?.closed, T0 + 60_000);
    assert.equal(only?.accountUid, 1001);
    assert.deepEqual(only?.origin, { ip: '10.0.0.9', port: 50_000 });
  });

  it('names the channel at VERBOSE', () => {
    const [only] = accessesOf(login({ channels: [{ path: 'ssh-shell', at: T0 + 50, tty: 'pts/0' }] }));
    assert.equal(only?.path, 'ssh-shell');
    assert.equal(only?.opened, T0, 'the first channel is open from the login on');
    assert.equal(only?.session.tty, 'pts/0');
    assert.equal(only?.session.childPid, 1006);
  });

  it('makes several accesses of several channels, with reused slot ids', () => {
    const channels = [
      { path: 'ssh-exec' as const, at: T0 + 50, until: T0 + 900 },
      { path: 'ssh-exec' as const, at: T0 + 1_000, until: T0 + 1_900 },
      { path: 'ssh-shell' as const, at: T0 + 2_000, tty: 'pts/1' },
    ];
    const found = accessesOf(login({ channels }));
    assert.deepEqual(
      found.map((one) => [one.path, one.opened - T0, (one.closed ?? 0) - T0]),
      [
        ['ssh-exec', 0, 900],
        ['ssh-exec', 1_000, 1_900],
        ['ssh-shell', 2_000, 60_000],
      ],
    );
    assert.equal(new Set(found.map((one) => one.uid)).size, 3);
  });

  it('keeps two quick commands of one second apart, but not a line that was redelivered', () => {
    const channels = [
      { path: 'ssh-exec' as const, at: T0 + 50, until: T0 + 200 },
      { path: 'ssh-exec' as const, at: T0 + 300, until: T0 + 400 },
    ];
    const lines = login({ channels, resolution: 1000 });
    assert.equal(accessesOf(lines).length, 2);
    const twice = lines.map((one) => ({ ...one, uid: `${one.uid}x`, seq: one.seq + 1_000 }));
    assert.equal(accessesOf([...lines, ...twice]).length, 2);
  });

  it('calls a connection without channels a tunnel only where channels would show', () => {
    assert.equal(accessesOf(login({ verbose: true }))[0]?.path, 'ssh-forward');
    assert.equal(accessesOf(login({ verbose: false }))[0]?.path, 'ssh');
    assert.equal(accessesOf(login({ verbose: true, until: null }))[0]?.path, 'ssh', 'the log ends at once');
  });

  it('shows a login that only PAM saw', () => {
    const onlyPam = login().filter((one) => one.kind.startsWith('session.'));
    const { accesses, signs } = sessionize(onlyPam, new Map());
    assert.equal(accesses.length, 1);
    assert.equal(accesses[0]?.withoutAccepted, true);
    assert.equal(accesses[0]?.origin, null);
    assert.equal(signs[0]?.sessionsWithoutAccepted, 1);
    assert.equal(sessionize(login(), new Map()).signs[0]?.sessionsWithoutAccepted, 0);
  });

  it('ends an access whose pid opens again', () => {
    const first = login({ until: null });
    const second = login({ at: T0 + 300_000, port: 50_001 });
    const found = accessesOf([...first, ...second]);
    assert.equal(found.length, 2);
    assert.equal(found[0]?.closedBy, 'pid-reused');
    assert.equal(found[0]?.closed, T0 + 300_000);
  });

  it('does not prolong an ended access by a later failed login from the same port', () => {
    const late = event({
      kind: 'access.close',
      origin: { ip: '10.0.0.9', port: 50_000 },
      session: { pid: 4 },
      detail: { scope: 'connection' },
      time: T0 + 3_600_000,
    });
    assert.equal(accessesOf([...login(), late])[0]?.closed, T0 + 60_000);
  });

  it('joins two witnesses of one login, and keeps two logins apart', () => {
    const text = login({ resolution: 1000, stream: 'auth.log' });
    const journal = login({ stream: 'journal', channels: [{ path: 'ssh-shell', at: T0 + 50 }] });
    const found = accessesOf([...text, ...journal]);
    assert.equal(found.length, 1);
    assert.equal(found[0]?.path, 'ssh-shell');
    assert.deepEqual(found[0]?.streams, ['auth.log', 'journal']);
    const other = login({ stream: 'journal', port: 50_001, pid: 2_000 });
    assert.equal(accessesOf([...text, ...other]).length, 2);
  });

  it('reports ends without starts only where the start should be in the log', () => {
    const ends = (first: number) =>
      sessionize(
        [
          event({ kind: 'connection.open', time: first, session: { pid: 1 } }),
          event({ kind: 'session.close', account: 'x', session: { pid: 77 }, detail: { service: 'sshd' } }),
        ],
        new Map(),
      ).signs[0]?.endsWithoutStarts;
    assert.equal(ends(T0 - 60_000), 0, 'the log begins in mid-session');
    assert.equal(ends(T0 - 2 * 86_400_000), 1);
  });
});

describe('sessionize: elevations', () => {
  const sudo = (part: Partial<Event> = {}) =>
    event({
      kind: 'access.open',
      path: 'sudo',
      program: 'sudo',
      account: 'root',
      actor: 'alice',
      time: T0 + 5_000,
      session: { tty: 'pts/0', tsid: '01' },
      detail: { service: 'sudo', command: '/bin/bash' },
      ...part,
    });
  const pam = (kind: 'session.open' | 'session.close', time: number, part: Partial<Event> = {}) =>
    event({
      kind,
      program: 'sudo',
      account: 'root',
      time,
      detail: { service: 'sudo', by: 'alice', byUid: 1001 },
      ...part,
    });

  it('pairs the sudo line, its PAM lines and its exit line', () => {
    const exit = sudo({
      kind: 'access.close',
      time: T0 + 8_001,
      session: { tty: 'pts/0', tsid: '000001' },
      detail: { scope: 'elevation' },
    });
    const found = accessesOf([
      sudo(),
      pam('session.open', T0 + 5_001),
      pam('session.close', T0 + 8_000),
      exit,
    ]);
    assert.equal(found.length, 1);
    assert.equal(found[0]?.closed, T0 + 8_001);
    assert.equal(found[0]?.session.tsid, '000001', 'the exit line names the whole TSID');
    assert.equal(found[0]?.ioLog, 'claimed');
  });

  it('sees a second sudo that wrote no line of its own', () => {
    const lines = [sudo(), pam('session.open', T0 + 5_001), pam('session.close', T0 + 6_000)];
    assert.equal(accessesOf([...lines, pam('session.open', T0 + 7_000)]).length, 2);
    assert.equal(accessesOf(lines).length, 1);
  });

  it('takes no service for an access: su by root without a terminal', () => {
    const by = (byUid: number, name: string) =>
      pam('session.open', T0, { account: 'nobody', detail: { service: 'su', by: name, byUid } });
    assert.equal(accessesOf([by(0, '')]).length, 0);
    assert.equal(accessesOf([by(1001, 'alice')]).length, 1);
  });

  it('finds the enclosing session by terminal, and names all where the log cannot tell', () => {
    const shell = (port: number, pid: number, tty: string) =>
      login({ port, pid, channels: [{ path: 'ssh-shell', at: T0 + 40, tty }] });
    const one = accessesOf([...shell(1, 1_000, 'pts/0'), ...shell(2, 2_000, 'pts/1'), sudo()]);
    assert.equal(one.find((it) => it.path === 'sudo')?.parents.length, 1);
    const inner = sudo({ session: { tty: 'pts/7' } });
    const two = accessesOf([...shell(1, 1_000, 'pts/0'), ...shell(2, 2_000, 'pts/1'), inner]);
    assert.equal(two.find((it) => it.path === 'sudo')?.parents.length, 2);
  });

  it('ends an elevation without an end line with its session', () => {
    const found = accessesOf([...login(), sudo()]).find((one) => one.path === 'sudo');
    assert.equal(found?.closedBy, 'parent');
    assert.equal(found?.closed, T0 + 60_000);
  });
});

describe('sessionize: several hosts', () => {
  it('links a login from a jump host to the tunnel that carried it', () => {
    const tunnel = login({ target: 'bastion', account: 'bob', verbose: true }).map((one) =>
      one.kind === 'connection.open' ? { ...one, detail: { localIp: '10.0.0.2' } } : one,
    );
    const inner = login({ ip: '10.0.0.2', at: T0 + 300, until: T0 + 50_000, pid: 3_000 });
    const found = accessesOf([...tunnel, ...inner]);
    const carrier = found.find((one) => one.target === 'bastion');
    assert.equal(carrier?.path, 'ssh-forward');
    assert.equal(found.find((one) => one.target === 'web01')?.via, carrier?.uid);
    const elsewhere = login({ ip: '10.0.0.3', at: T0 + 300, pid: 3_000 });
    assert.equal(accessesOf([...tunnel, ...elsewhere]).find((one) => one.target === 'web01')?.via, null);
  });

  it('gives a kernel audit record without host to the host that shows pid, account and time', () => {
    const audit = (pid: number) =>
      event({
        kind: 'session.link',
        program: 'auditd',
        stream: 'audit.log',
        target: null,
        account: 'alice',
        origin: { ip: '10.0.0.9', port: null },
        session: { pid, auditSession: 276 },
      });
    const sessionOf = (pid: number) => accessesOf([...login(), audit(pid)])[0]?.session.auditSession;
    assert.equal(sessionOf(1_000), 276);
    assert.equal(sessionOf(1_001), undefined);
  });

  it('reads a zone from three exact pairs, and not from two', () => {
    const hour = 3_600_000;
    const logins = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        login({ pid: 1_000 + 20 * at, port: 1 + at, at: T0 + at * 90_000 }),
      )
        .flat()
        .map((one): Event => ({ ...one, assumed: ['zone'] }));
    const audits = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        event({
          kind: 'session.link',
          program: 'auditd',
          stream: 'audit.log',
          time: T0 + at * 90_000 + 5 * hour,
          account: 'alice',
          origin: { ip: '10.0.0.9', port: null },
          session: { pid: 1_000 + 20 * at, auditSession: 300 + at },
        }),
      );
    const three = sessionize([...logins(3), ...audits(3)], new Map());
    assert.equal(three.signs[0]?.zone.state, 'inferred');
    assert.equal(three.accesses[0]?.opened, T0 + 5 * hour);
    const two = sessionize([...logins(2), ...audits(2)], new Map());
    assert.equal(two.signs[0]?.zone.state, 'suspect');
    assert.equal(two.accesses[0]?.opened, T0);
  });
});
