import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
import { logout, openShell } from '../support/real/login.ts';
import { describeReal } from '../support/real/parts.ts';

/** Logs in without a recorder and uses sudo: as a shell, for a command it is told not to record, and killed. */
async function useSudo(lab: Lab): Promise<number> {
  const { name } = lab.account('sudo');
  const shell = await openShell(lab, name);
  await shell.enter('sudo -i');
  await shell.run('id -u');
  await shell.enter('exit');
  await shell.run('sudo whoami');
  const pid = /^\d+$/m.exec(await shell.run('echo; echo $$'))?.[0];
  await shell.enter('sudo -i');
  await shell.run('id -un');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  process.kill(Number(children), 'SIGKILL');
  await shell.run('true');
  await shell.exit();
  await logout(lab, shell.port);
  return shell.port;
}

describeReal('real sudo with I/O logs', ['sudo'], () => {
  let lab: Lab;
  let port: number;
  let judgedBy: Readonly<Record<Rendering, Judged>>;
  before(async () => {
    lab = await startLab({ roles: ['sudo'], logLevel: 'VERBOSE' });
    port = await useSudo(lab);
    judgedBy = await checkAll(lab);
  });
  after(() => lab?.stop());

  for (const rendering of RENDERINGS) {
    describe(`log in ${rendering} rendering`, () => {
      const uses = () => elevationsOf(judgedBy[rendering], lab.account('sudo').name);

      it('finds each use, inside the login it happened in', () => {
        const [login] = fromPort(judgedBy[rendering], port);
        assert.deepEqual(
          uses().map(({ path, account, parents }) => [path, account, parents]),
          [1, 2, 3].map(() => ['sudo', 'root', [login?.uid]]),
        );
      });

      it('a use is recorded by the I/O log whose id the log line gives', () => {
        const [use] = uses();
        assert.deepEqual([use?.verdict, use?.evidence.found, codesOf(use)], ['recorded', 'E4', []]);
        assert.deepEqual(
          use?.recordings.map(({ join, end_proven }) => [join, end_proven]),
          [['exact', true]],
        );
      });

      it('the I/O log of a use does not record the login around it', () => {
        const [login, ...more] = fromPort(judgedBy[rendering], port);
        assert.deepEqual(more, []);
        assert.deepEqual(
          [login?.path, login?.verdict, codesOf(login)],
          ['ssh-shell', 'unrecorded', ['no-recording']],
        );
      });

      it('a command that sudo is told not to record is a gap with its cause', () => {
        const [, use] = uses();
        assert.deepEqual([use?.verdict, use?.recordings], ['unrecorded', []]);
        assert.deepEqual(codesOf(use), ['recording-disabled', 'no-recording']);
      });

      it('sudo killed in mid-use leaves an I/O log that is not enough', () => {
        const [, , use] = uses();
        assert.deepEqual([use?.verdict, codesOf(use)], ['inadequate', ['recording-not-closed']]);
        assert.deepEqual(
          use?.recordings.map(({ join, end_proven }) => [join, end_proven]),
          [['exact', false]],
        );
      });
    });
  }
});
