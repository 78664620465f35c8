import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Judged,
  type Rendering,
  RENDERINGS,
  checkAll,
  codesOf,
  fromPort,
} from '../support/real/evidence.ts';
import { CERTIFICATE } from '../support/real/keys.ts';
import { type Lab, startLab } from '../support/real/lab.ts';
import { login, logged, logout, open, openMaster, openShell, transfer } from '../support/real/login.ts';
import { describeReal } from '../support/real/parts.ts';
import { readBanner } from '../support/real/banner.ts';
import { freePort } from '../support/real/relay.ts';

/** An address that no login came from: names that imitate log lines put it there. */
const FORGED = '203.0.113.9';
const IMITATIONS = [
  `root from ${FORGED} port 4242 ssh2`,
  `Accepted password for root from ${FORGED} port 4242 ssh2`,
];

/** Local ports of the logins of one account, by what the login did. */
interface Logins {
  readonly password: number;
  readonly key: number;
  readonly certificate: number;
  readonly sftp: number;
  readonly forward: number;
  readonly killed: number;
  /** One connection with a shell, and beside it two commands. */
  readonly shared: number;
  /** Attempts that let nobody in. */
  readonly refused: readonly number[];
}

async function logInEveryWay(lab: Lab, inVain: typeof tryInVain): Promise<Logins> {
  const { name, password } = lab.account('plain');
  const [byPassword, byKey, byCertificate, sftp, forward, killed, shared, refused] = await Promise.all([
    login(lab, { as: name, by: { password }, options: ['-tt'], input: 'exit\n' }),
    login(lab, { as: name, command: 'exit 7' }),
    login(lab, { as: name, by: 'certificate', command: 'true' }),
    transfer(lab, name, 'pwd\n'),
    forwardOnly(lab, name),
    killClient(lab, name),
    shareConnection(lab, name),
    inVain(lab, name),
  ]);
  assert.deepEqual([byKey.outcome.code, byCertificate.outcome.code, sftp.outcome.code], [7, 0, 0]);
  const ports = {
    password: byPassword.port,
    key: byKey.port,
    certificate: byCertificate.port,
    sftp: sftp.port,
  };
  await Promise.all([...Object.values(ports), forward, killed, shared].map((port) => logout(lab, port)));
  return { ...ports, forward, killed, shared, refused };
}

async function forwardOnly(lab: Lab, as: string): Promise<number> {
  const local = await freePort();
  const client = await open(lab, { as, options: ['-N', '-L', `127.0.0.1:${local}:127.0.0.1:${lab.port}`] });
  assert.match(await readBanner(local), /^SSH-2\.0-OpenSSH/);
  await client.kill('SIGTERM');
  return client.port;
}

async function killClient(lab: Lab, as: string): Promise<number> {
  const client = await openShell(lab, as);
  await client.kill('SIGKILL');
  return client.port;
}

async function shareConnection(lab: Lab, as: string): Promise<number> {
  const socket = join(lab.places.folder, 'shared');
  const master = await openMaster(lab, as, socket);
  const shell = await openShell(lab, as, ['-S', socket]);
  for (const command of ['id', 'true']) await login(lab, { as, options: ['-S', socket], command });
  await shell.exit();
  await master.kill('SIGTERM');
  return master.port;
}

/** Attempts by password take sshd two seconds each to refuse. */
async function tryInVain(lab: Lab, as: string): Promise<number[]> {
  const by = { password: 'not-the-password' };
  const [names, ...attempts] = await Promise.all([
    imitateLines(lab),
    login(lab, { as, by, command: 'true' }),
    login(lab, { as: 'ofr-nobody', by, command: 'true' }),
  ]);
  for (const { outcome } of attempts) assert.notEqual(outcome.code, 0);
  await logged(lab, `Failed password for ${as} from`);
  return [...names, ...attempts.map(({ port }) => port)];
}

async function imitateLines(lab: Lab): Promise<number[]> {
  const attempts = await Promise.all(IMITATIONS.map((name) => login(lab, { as: name, command: 'true' })));
  for (const { outcome } of attempts) assert.notEqual(outcome.code, 0);
  for (const name of IMITATIONS) await logged(lab, `Invalid user ${name} from 127.0.0.1`);
  return attempts.map(({ port }) => port);
}

describeReal('real logins, sshd at VERBOSE', ['sshpass'], () => {
  let lab: Lab;
  let logins: Logins;
  let judgedBy: Readonly<Record<Rendering, Judged>>;
  before(async () => {
    lab = await startLab({ roles: ['plain'], logLevel: 'VERBOSE' });
    logins = await logInEveryWay(lab, tryInVain);
    judgedBy = await checkAll(lab);
  });
  after(() => lab?.stop());

  for (const rendering of RENDERINGS) {
    describe(`log in ${rendering} rendering`, () => {
      it('every login is one access of its kind, nothing of it recorded, its end known', () => {
        const expected = {
          password: ['ssh-shell', 'no-recording'],
          key: ['ssh-exec', 'no-recording'],
          certificate: ['ssh-exec', 'no-recording'],
          sftp: ['ssh-sftp', 'no-recording'],
          forward: ['ssh-forward', 'tunnel-unrecordable'],
          killed: ['ssh-shell', 'no-recording'],
        } as const;
        for (const [name, [path, reason]] of Object.entries(expected)) {
          const own = fromPort(judgedBy[rendering], logins[name as keyof typeof expected]);
          assert.deepEqual(
            own.map((one) => [one.path, one.verdict]),
            [[path, 'unrecorded']],
            name,
          );
          assert.deepEqual(codesOf(own[0]), [reason], name);
          assert.equal(own[0]?.account, lab.account('plain').name, name);
          assert.equal(own[0]?.target.id, hostname(), name);
          assert.ok(own[0]?.closed, name);
        }
      });

      it('tells by what each login was let in', () => {
        const credential = (port: number) => fromPort(judgedBy[rendering], port)[0]?.credential;
        assert.deepEqual(credential(logins.password), { type: 'password', id: null });
        assert.deepEqual(credential(logins.key), { type: 'publickey', id: lab.keys.userFingerprint });
        const certificate = credential(logins.certificate);
        assert.equal(certificate?.['type'], 'certificate');
        assert.equal(certificate?.['key_id'], CERTIFICATE.keyId);
        assert.equal(certificate?.['serial'], CERTIFICATE.serial);
        assert.equal(certificate?.['ca'], lab.keys.caFingerprint);
      });

      it('sessions that share a connection are accesses of their own', () => {
        const own = fromPort(judgedBy[rendering], logins.shared);
        assert.deepEqual(own.map((one) => one.path).sort(), ['ssh-exec', 'ssh-exec', 'ssh-shell']);
        assert.deepEqual([...new Set(own.map((one) => one.verdict))], ['unrecorded']);
      });

      it('an attempt that let nobody in is no access, whatever name it gave', () => {
        const { accesses } = judgedBy[rendering];
        const ssh = accesses.filter((one) => one.path.startsWith('ssh'));
        for (const port of logins.refused) assert.deepEqual(fromPort(judgedBy[rendering], port), []);
        assert.deepEqual([...new Set(ssh.map((one) => one.account))], [lab.account('plain').name]);
        assert.deepEqual([...new Set(ssh.map((one) => one.origin?.ip))], ['127.0.0.1']);
        assert.equal(ssh.length, 9);
      });

      it('understands every line of the real log and reports gaps by its exit code', () => {
        const [source] = judgedBy[rendering].sources.filter((one) => one.kind === 'sshd');
        assert.equal(source?.rejected, 0);
        assert.equal(source?.log_level, 'verbose');
        assert.equal(judgedBy[rendering].stderr, '');
        assert.equal(judgedBy[rendering].exit, 1);
      });
    });
  }
});

describeReal('real logins, sshd at INFO', ['sshpass'], () => {
  let lab: Lab;
  let logins: Logins;
  let judgedBy: Readonly<Record<Rendering, Judged>>;
  before(async () => {
    lab = await startLab({ roles: ['plain'], logLevel: 'INFO' });
    logins = await logInEveryWay(lab, imitateLines);
    judgedBy = await checkAll(lab);
  });
  after(() => lab?.stop());

  for (const rendering of RENDERINGS) {
    it(`one access per connection, of unknown kind, its end known (${rendering})`, () => {
      const { refused, ...successful } = logins;
      const judged = judgedBy[rendering];
      for (const [name, port] of Object.entries(successful)) {
        const own = fromPort(judged, port);
        assert.deepEqual(
          own.map((one) => [one.path, one.verdict]),
          [['ssh', 'unrecorded']],
          name,
        );
        assert.ok(own[0]?.closed, name);
      }
      assert.deepEqual(
        refused.flatMap((port) => fromPort(judged, port)),
        [],
      );
      assert.equal(judged.sources.find((one) => one.kind === 'sshd')?.log_level, 'info');
    });
  }
});
