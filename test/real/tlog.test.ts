import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Judged,
  type Rendering,
  RENDERINGS,
  checkAll,
  codesOf,
  elevationsOf,
  fromPort,
} from '../support/real/evidence.ts';
import { type Lab, startLab } from '../support/real/lab.ts';
import { login, logout, openMaster, openShell, transfer } from '../support/real/login.ts';
import { describeReal } from '../support/real/parts.ts';

/** Local ports of logins of accounts whose login shell is tlog, by what they did. */
interface Logins {
  /** A shell, and sudo in it. */
  readonly shell: number;
  /** A command whose input stays open. */
  readonly command: number;
  /** `ssh -n HOST COMMAND` while the shell is recorded: tlog ends with the input, the command runs on. */
  readonly withoutInput: number;
  /** Served by sshd itself, without the login shell. */
  readonly sftp: number;
  /** One connection: a shell, a command beside it, and a command after it. */
  readonly shared: number;
}

/**
 * Pauses keep starts further apart than a log in whole seconds can blur them (a second each way, and what a
 * recorder takes to start): closer ones are doubtful by right.
 */
const PAUSE = 'sleep 2.4';

async function logIn(lab: Lab): Promise<Logins> {
  const [ports, shared] = await Promise.all([useShell(lab), shareConnection(lab)]);
  await Promise.all([...Object.values(ports), shared].map((port) => logout(lab, port)));
  return { ...ports, shared };
}

async function useShell(lab: Lab): Promise<Omit<Logins, 'shared'>> {
  const { name } = lab.account('tlog');
  const mark = join(lab.places.folder, 'homes', name, 'ran');
  const shell = await openShell(lab, name);
  await shell.run(`sudo id -u; ${PAUSE}`);
  const withoutInput = await login(lab, { as: name, options: ['-n'], command: `sleep 0.1; touch ${mark}` });
  const sftp = await transfer(lab, name, 'pwd\n');
  await shell.run(PAUSE);
  await shell.exit();
  assert.ok(existsSync(mark), 'the command without input ran to its end');
  const command = await login(lab, { as: name, command: 'id -un', holdInput: true });
  assert.equal(command.outcome.stdout, `${name}\n`);
  return { shell: shell.port, command: command.port, withoutInput: withoutInput.port, sftp: sftp.port };
}

async function shareConnection(lab: Lab): Promise<number> {
  const { name } = lab.account('tlog', 1);
  const socket = join(lab.places.folder, 'shared');
  const options = ['-S', socket];
  const master = await openMaster(lab, name, socket);
  const shell = await openShell(lab, name, options);
  await shell.run(PAUSE);
  await login(lab, { as: name, options, command: 'true', holdInput: true });
  await shell.run(PAUSE);
  await shell.exit();
  await login(lab, { as: name, options, command: 'id', holdInput: true });
  await master.kill('SIGTERM');
  return master.port;
}

describeReal('real tlog as login shell', ['tlog-rec-session', 'sudo'], () => {
  let lab: Lab;
  let logins: Logins;
  let judgedBy: Readonly<Record<Rendering, Judged>>;
  before(async () => {
    lab = await startLab({ roles: ['tlog', 'tlog'], logLevel: 'VERBOSE' });
    logins = await logIn(lab);
    judgedBy = await checkAll(lab);
  });
  after(() => lab?.stop());

  for (const rendering of RENDERINGS) {
    describe(`log in ${rendering} rendering`, () => {
      const only = (port: number) => {
        const [access, ...more] = fromPort(judgedBy[rendering], port);
        assert.equal(more.length, 0);
        assert.ok(access);
        return access;
      };

      it('a shell is recorded; its end is unproven, since tlog marks none', () => {
        const shell = only(logins.shell);
        assert.deepEqual([shell.path, shell.verdict, shell.evidence.found], ['ssh-shell', 'recorded', 'E4']);
        assert.deepEqual(codesOf(shell), ['end-unproven']);
        assert.deepEqual(
          shell.recordings.map(({ join, end_proven }) => [join, end_proven]),
          [['matched', false]],
        );
      });

      it('sudo without a log of its own is recorded by the shell around it, by that one alone', () => {
        const shell = only(logins.shell);
        const [sudo, ...more] = elevationsOf(judgedBy[rendering], lab.account('tlog').name);
        assert.deepEqual(more, []);
        assert.deepEqual([sudo?.path, sudo?.account, sudo?.verdict], ['sudo', 'root', 'recorded']);
        assert.deepEqual(sudo?.parents, [shell.uid]);
        assert.deepEqual(
          sudo?.recordings.map(({ uid, join }) => [uid, join]),
          [[shell.recordings[0]?.uid, 'nested']],
        );
      });

      it('a command is recorded where its input stays open, and is not where tlog ended with its input', () => {
        const [command, withoutInput] = [only(logins.command), only(logins.withoutInput)];
        assert.deepEqual([command.path, command.verdict], ['ssh-exec', 'recorded']);
        assert.deepEqual([withoutInput.path, withoutInput.verdict], ['ssh-exec', 'unrecorded']);
        assert.deepEqual(codesOf(withoutInput), ['no-recording']);
      });

      it('a transfer that sshd serves itself is not recorded, although the login shell is a recorder', () => {
        const sftp = only(logins.sftp);
        assert.deepEqual(
          [sftp.path, sftp.verdict, codesOf(sftp)],
          ['ssh-sftp', 'unrecorded', ['no-recording']],
        );
      });

      it('of sessions that share a connection only those beside a recorded one are gaps', () => {
        const shared = fromPort(judgedBy[rendering], logins.shared);
        assert.deepEqual(
          shared.map(({ path, verdict }) => [path, verdict]),
          [
            ['ssh-shell', 'recorded'],
            ['ssh-exec', 'unrecorded'],
            ['ssh-exec', 'recorded'],
          ],
        );
      });

      it('every recording has its access, and the recorded account cannot write it', () => {
        assert.equal(judgedBy[rendering].recordings.length, 4);
        const checks = new Set(judgedBy[rendering].findings.map((finding) => finding.check));
        assert.deepEqual([...checks], ['no-recording']);
      });
    });
  }
});
