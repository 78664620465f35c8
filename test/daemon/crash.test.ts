import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { openStore } from '../../src/store/open.ts';
import { writeFleet } from '../support/fleet.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** Signatures carry the time of sending, and receivers refuse old ones. */
const NOW = Date.now();
const ROUNDS = 10;
const KILLS_PER_ROUND = 5;
/** Rounds side by side: most of their time is the start of processes. */
const LANES = 2;

interface Received {
  readonly id: string;
  readonly type: string;
  readonly findings: readonly string[];
}

/** A receiver that verifies every signature and remembers what it was told. */
class Receiver {
  readonly received: Received[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const payload = new Webhook(SECRET).verify(body, request.headers as Record<string, string>) as {
          type: string;
          data: { findings: { uid: string }[] };
        };
        const findings = payload.data.findings.map((one) => one.uid);
        receiver.received.push({ id: String(request.headers['webhook-id']), type: payload.type, findings });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }
}

function writeConfig(folder: string, data: string, port: number): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'config.yaml');
  writeFileSync(
    file,
    `store: {path: ./state.db}
timezone: UTC
sources: [{id: logs, paths: ["${data}/hosts/*/auth.log"]}]
recorders: [{id: tlog, type: tlog, paths: ["${data}/hosts/*/recordings"]}]
receivers:
  - {id: hook, type: webhook, url: "http://127.0.0.1:${port}/", secret: {env: HOOK_SECRET}, allow_private: true}
route: {receivers: [hook]}
`,
  );
  return file;
}

/** Runs one pass; kills the process after `killAfterMs`, null lets it finish. True where it finished. */
async function onePass(config: string, killAfterMs: number | null): Promise<boolean> {
  const child = fork(resolve(import.meta.dirname, 'crash-child.ts'), [config, String(NOW)], {
    env: { ...process.env, HOOK_SECRET: SECRET },
    // The flags of a test run would make the child take its arguments for test files.
    execArgv: [],
  });
  let done = false;
  const exited = new Promise<number | null>((end) => child.on('exit', (code) => end(code)));
  const begun = new Promise<void>((begin) => {
    child.on('message', (message) => {
      if (message === 'begins') begin();
      if (message === 'done') done = true;
    });
  });
  await Promise.race([begun, exited]);
  if (killAfterMs !== null) {
    await Promise.race([sleep(killAfterMs), exited]);
    child.kill('SIGKILL');
  }
  await exited;
  return done;
}

async function outcome(folder: string) {
  const store = await openStore(join(folder, 'state.db'), 'reader');
  const accesses: string[] = [];
  for await (const { access } of store.accesses({ from: 0, to: NOW })) {
    accesses.push(`${access.uid} ${access.verdict} ${access.recordings.map((one) => one.uid).join(',')}`);
  }
  const findings: string[] = [];
  for await (const { finding } of store.findings())
    findings.push(`${finding.uid} ${finding.check} ${finding.status}`);
  await store.close();
  return { accesses: accesses.sort(), findings: findings.sort() };
}

describe('kill -9 at random moments of a pass', () => {
  const root = mkdtempSync(join(tmpdir(), 'offrecord-crash-'));
  const data = join(root, 'data');
  const facts = writeFleet(data, NOW - 2 * 86_400_000, 4, 60);
  const receivers: Receiver[] = [];
  before(async () => {
    for (let lane = 0; lane < LANES; lane++) receivers.push(await Receiver.listen());
  });
  after(() => {
    for (const receiver of receivers) receiver.close();
    rmSync(root, { recursive: true, force: true });
  });

  it(`${ROUNDS * KILLS_PER_ROUND} kills change no verdict, no finding, and send each alert once`, async () => {
    const calm = join(root, 'calm');
    const [first] = receivers;
    assert.ok(first);
    const started = performance.now();
    assert.equal(await onePass(writeConfig(calm, data, first.port), null), true);
    const passMs = performance.now() - started;
    const expected = await outcome(calm);
    assert.equal(expected.accesses.length, facts.logins);
    assert.equal(expected.accesses.filter((one) => one.includes('unrecorded')).length, facts.gaps);
    const killed = await Promise.all(
      receivers.map(async (receiver, lane) => {
        let inPass = 0;
        for (let round = lane; round < ROUNDS; round += LANES) {
          const folder = join(root, `round${round}`);
          inPass += await oneRound(writeConfig(folder, data, receiver.port), receiver, passMs);
          assert.deepEqual(await outcome(folder), expected, `round ${round}`);
          assertToldOnce(receiver.received, expected.findings);
        }
        return inPass;
      }),
    );
    const inPass = killed.reduce((sum, one) => sum + one, 0);
    assert.ok(inPass >= ROUNDS, `only ${inPass} kills fell into a pass: the test proves too little`);
  });
});

/** Kills passes over one store, then lets one finish; how many kills fell into a pass. */
async function oneRound(config: string, receiver: Receiver, passMs: number): Promise<number> {
  receiver.received.length = 0;
  let inPass = 0;
  for (let kill = 0; kill < KILLS_PER_ROUND; kill++) {
    if (!(await onePass(config, Math.random() * passMs * 0.6))) inPass += 1;
  }
  assert.equal(await onePass(config, null), true);
  return inPass;
}

/** Every finding in exactly one alert by id; a retry may deliver the same id again. */
function assertToldOnce(received: readonly Received[], findings: readonly string[]): void {
  const alerts = new Map(received.map((one) => [one.id, one]));
  const told = [...alerts.values()].flatMap((one) => one.findings);
  assert.equal(new Set(told).size, told.length, 'a finding was told in two alerts');
  const known = new Set(findings.map((one) => one.split(' ')[0]));
  for (const uid of told) assert.ok(known.has(uid), `${uid} was told and is not there`);
  assert.ok([...alerts.values()].every((one) => one.type.endsWith('firing')));
  assert.ok(told.length > 0);
}
