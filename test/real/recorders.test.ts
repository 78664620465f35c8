import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type AccessLine,
  type Judged,
  type Rendering,
  RENDERINGS,
  check,
  codesOf,
  fromPort,
  gather,
} from '../support/real/evidence.ts';
import { type Lab, startLab } from '../support/real/lab.ts';
import { login, logout, openShell } from '../support/real/login.ts';
import { describeReal } from '../support/real/parts.ts';
import { killRecorder, type Wrapped } from '../support/real/wrappers.ts';

const RECORDERS: readonly Wrapped[] = ['asciinema', 'script', 'ttyrec'];

/** A login whose forced command is a recorder; `word` is what its session alone printed. */
interface Recorded {
  readonly role: Wrapped;
  readonly port: number;
  readonly word: string;
}

/** A ttyrec file has no key of the connection: starts further apart than a log in whole seconds can blur them. */
const PAUSE = 'sleep 2';

/** Two shells of one account at a time. */
async function useShells(lab: Lab, role: Wrapped): Promise<Recorded[]> {
  const { name } = lab.account(role);
  const [one, two] = [`${role}-one`, `${role}-two`];
  const first = await openShell(lab, name);
  await first.run(PAUSE);
  const second = await openShell(lab, name);
  await Promise.all([first.run(`echo ${one}`), second.run(`echo ${two}`)]);
  await first.exit();
  await second.exit();
  return [
    { role, port: first.port, word: one },
    { role, port: second.port, word: two },
  ];
}

/** A command with a terminal; asciinema shows the client nothing of one without. */
async function useCommand(lab: Lab, role: Wrapped): Promise<Recorded[]> {
  const word = `${role}-command`;
  const as = lab.account(role, 1).name;
  const { port, outcome } = await login(lab, {
    as,
    options: ['-tt'],
    command: `echo ${word}`,
    holdInput: true,
  });
  assert.equal(outcome.stdout.trim(), word);
  return [{ role, port, word }];
}

/** A shell whose recorder is killed: the session ends with it. */
async function loseRecorder(lab: Lab): Promise<number> {
  const { name } = lab.account('script', 2);
  const shell = await openShell(lab, name);
  await shell.run('id');
  killRecorder('script', lab.places.recordings, name);
  await shell.gone();
  return shell.port;
}

describeReal('real asciinema, script and ttyrec as forced commands', RECORDERS, () => {
  let lab: Lab;
  let logins: readonly Recorded[];
  let killed: number;
  let folders: Readonly<Record<Rendering, string>>;
  let judgedBy: Readonly<Record<Rendering, Judged>>;
  before(async () => {
    lab = await startLab({ roles: [...RECORDERS, ...RECORDERS, 'script', 'plain'], logLevel: 'VERBOSE' });
    const [lost, recorded] = await Promise.all([
      loseRecorder(lab),
      Promise.all(RECORDERS.flatMap((role) => [useShells(lab, role), useCommand(lab, role)])),
    ]);
    killed = lost;
    logins = recorded.flat();
    await Promise.all([killed, ...logins.map(({ port }) => port)].map((port) => logout(lab, port)));
    folders = { iso: await gather(lab, 'iso'), plain: await gather(lab, 'plain') };
    judgedBy = { iso: await check(folders.iso), plain: await check(folders.plain) };
  });
  after(() => lab?.stop());

  /** Path of the recording taken for an access, below the folder that was judged. */
  const fileOf = (judged: Judged, access: AccessLine | undefined): string => {
    const uid = access?.recordings[0]?.uid;
    const source = judged.recordings.find((recording) => recording.uid === uid)?.ref.source ?? '';
    return source.slice(source.indexOf('/') + 1);
  };

  for (const rendering of RENDERINGS) {
    describe(`log in ${rendering} rendering`, () => {
      for (const role of RECORDERS) {
        it(`every session of ${role} is recorded by its own recording`, () => {
          const judged = judgedBy[rendering];
          for (const { port, word } of logins.filter((one) => one.role === role)) {
            const [access, ...more] = fromPort(judged, port);
            assert.deepEqual(more, []);
            assert.equal(access?.verdict, 'recorded', word);
            assert.equal(access?.recordings.length, 1, word);
            const how = role === 'ttyrec' ? 'matched' : 'exact';
            assert.equal(access?.recordings[0]?.join, how, word);
            const file = join(folders[rendering], fileOf(judged, access));
            assert.ok(readFileSync(file, 'latin1').includes(word), word);
          }
        });
      }

      it('a forced command hides what was asked for', () => {
        for (const { port, role } of logins) {
          const [access] = fromPort(judgedBy[rendering], port);
          assert.equal(access?.path, 'ssh');
          const forced = access?.reasons.find((reason) => reason.code === 'forced-command');
          assert.match(forced?.detail ?? '', new RegExp(`/record-${role}$`));
        }
      });

      it('only script proves its end', () => {
        for (const { port, role } of logins) {
          const [access] = fromPort(judgedBy[rendering], port);
          assert.equal(access?.recordings[0]?.end_proven, role === 'script');
          assert.equal(codesOf(access).includes('end-unproven'), role !== 'script');
        }
      });

      it('a recorder killed in mid-session leaves a recording that is not enough', () => {
        const [access, ...more] = fromPort(judgedBy[rendering], killed);
        assert.deepEqual(more, []);
        assert.equal(access?.verdict, 'inadequate');
        assert.ok(codesOf(access).includes('recording-not-closed'));
        assert.equal(access?.recordings[0]?.end_proven, false);
      });

      it('says of every recording that the recorded account owns it', () => {
        const accounts = [
          ...RECORDERS.flatMap((role) => [lab.account(role).name, lab.account(role, 1).name]),
          lab.account('script', 2).name,
        ];
        const own = judgedBy[rendering].findings.filter(
          (finding) => finding.check === 'recording-owner-writable',
        );
        assert.deepEqual([...new Set(own.map((one) => one.account))].sort(), accounts.sort());
        assert.equal(own.length, logins.length + 1);
      });
    });
  }

  it('without one recording exactly its session is a gap', async () => {
    for (const { port, word } of logins.filter((one) => one.word.endsWith('-two'))) {
      const folder = await gather(lab, 'iso');
      removeUnit(join(folder, fileOf(judgedBy.iso, fromPort(judgedBy.iso, port)[0])));
      const verdicts = (await check(folder)).accesses.map((access) => [access.origin?.port, access.verdict]);
      const expected = judgedBy.iso.accesses.map(({ origin, verdict }) => [
        origin?.port,
        origin?.port === port ? 'unrecorded' : verdict,
      ]);
      assert.deepEqual(verdicts, expected, word);
    }
  });

  it('the timing that script kept is not enough without the output', async () => {
    const port = logins.find((one) => one.word === 'script-two')?.port ?? 0;
    const folder = await gather(lab, 'iso');
    rmSync(join(folder, fileOf(judgedBy.iso, fromPort(judgedBy.iso, port)[0])));
    assert.equal(fromPort(await check(folder), port)[0]?.verdict, 'inadequate');
  });

  it('an open session without a recorder is told at once, one with a recorder waits for its end', async () => {
    const shells = await Promise.all(
      (['plain', 'asciinema'] as const).map((role) => openShell(lab, lab.account(role).name)),
    );
    const folder = await gather(lab, 'iso');
    const verdicts = async (now: number) => {
      const judged = await check(folder, now);
      const open = shells.map(({ port }) => fromPort(judged, port)[0]);
      assert.deepEqual(
        open.map((access) => access?.closed),
        [null, null],
      );
      return open.map((access) => access?.verdict);
    };
    assert.deepEqual(await verdicts(Date.now()), ['pending', 'pending']);
    assert.deepEqual(await verdicts(Date.now() + 60_000), ['unrecorded', 'pending']);
    for (const shell of shells) await shell.exit();
  });
});

/** Removes a recording with the files that its recorder keeps beside it. */
function removeUnit(file: string): void {
  const [folder, stem] = [dirname(file), basename(file).replace(/\.[^.]+$/, '')];
  for (const name of readdirSync(folder)) if (name.startsWith(`${stem}.`)) rmSync(join(folder, name));
}
