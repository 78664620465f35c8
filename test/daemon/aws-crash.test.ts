import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/store/open.ts';
import { type FakeAws, startAws } from '../support/aws/aws.ts';
import * as aws from '../support/cloudtrail.ts';
import {
  accountYaml,
  at,
  bucket,
  happenings,
  KEY,
  LOG_BUCKET,
  sessionId,
  stateOf,
  TRAIL_BUCKET,
  trailObjects,
  transcripts,
} from './aws-world.ts';

const SESSIONS = 30;
const NOW = Date.parse(at('13:00:00'));
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ROUNDS = 2;
/** Each takes a process, whose start takes most of the time. */
const KILLS = 2;

/** A receiver of webhooks that remembers which findings each alert told. */
async function startReceiver(context: TestContext) {
  const alerts = new Map<string, readonly string[]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = JSON.parse(Buffer.concat(chunks).toString()) as {
        data: { findings: { uid: string }[] };
      };
      const id = String(request.headers['webhook-id']);
      alerts.set(
        id,
        payload.data.findings.map((one) => one.uid),
      );
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => server.close());
  return { alerts, port: (server.address() as AddressInfo).port };
}

/** A pass in a process of its own, killed at the given request of it; null lets it finish. True where it finished. */
async function onePass(config: string, cloud: FakeAws, killAt: number | null): Promise<boolean> {
  const before = cloud.requests.length;
  const child = fork(resolve(import.meta.dirname, 'aws-crash-child.ts'), [config, String(NOW), KEY], {
    env: { ...process.env, HOOK_SECRET: SECRET },
    // The flags of a test run would make the child take its arguments for test files.
    execArgv: [],
  });
  let done = false;
  const exit = new Promise<void>((end) => child.on('exit', () => end()));
  child.on('message', () => (done = true));
  const isDue = () => child.exitCode !== null || cloud.requests.length - before >= (killAt ?? Infinity);
  if (killAt !== null) {
    while (!isDue()) await sleep(2);
    child.kill('SIGKILL');
  }
  await exit;
  return done;
}

async function outcome(folder: string) {
  const store = await openStore(join(folder, 'state.db'), 'reader');
  const accesses: string[] = [];
  for await (const { access } of store.accesses({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
    const cover = access.recordings.map((one) => one.uid).join();
    accesses.push(`${access.uid} ${access.session.cloudSession ?? access.path} ${access.verdict} ${cover}`);
  }
  const findings: string[] = [];
  for await (const { finding } of store.findings())
    findings.push(`${finding.uid} ${finding.check} ${finding.status}`);
  await store.close();
  return { accesses: accesses.sort(), findings: findings.sort() };
}

it('kill -9 in the middle of reading AWS changes no access and no finding, and sends each alert once', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'offrecord-aws-crash-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const records = happenings(SESSIONS);
  const half = Math.floor(records.length / 2);
  const state = stateOf(records.slice(0, half), {
    [LOG_BUCKET]: bucket(transcripts(SESSIONS)),
    [TRAIL_BUCKET]: bucket(trailObjects(records.slice(half), 10)),
  });
  const cloud = await startAws({ state, now: () => NOW, lookupsPerSecond: 100_000 });
  context.after(() => cloud.close());
  const receiver = await startReceiver(context);
  const writeConfig = (folder: string): string => {
    mkdirSync(folder);
    const file = join(folder, 'config.yaml');
    const places = `trails: ["s3://${TRAIL_BUCKET}"], transcripts: ["s3://${LOG_BUCKET}/ssm"]`;
    const hook = `{id: hook, type: webhook, url: "http://127.0.0.1:${receiver.port}/", secret: {env: HOOK_SECRET}, allow_private: true}`;
    const rest = `receivers: [${hook}]\nroute: {receivers: [hook], group_wait: 0s}\n`;
    writeFileSync(file, `store: {path: ./state.db}\naws:\n${accountYaml(cloud.endpoint, places)}${rest}`);
    return file;
  };
  const calm = writeConfig(join(root, 'calm'));
  assert.equal(await onePass(calm, cloud, null), true);
  const requests = cloud.requests.length;
  const expected = await outcome(join(root, 'calm'));
  const sessions = expected.accesses.filter((one) => one.includes(sessionId(0).slice(0, -2)));
  assert.equal(sessions.length, SESSIONS);
  assert.equal(sessions.filter((one) => one.includes(' unrecorded ')).length, SESSIONS / 3);
  const told = [...receiver.alerts.values()].flat().toSorted();
  assert.ok(told.length > 0);
  let inReading = 0;
  for (let round = 0; round < ROUNDS; round++) {
    receiver.alerts.clear();
    const folder = join(root, `round${round}`);
    const config = writeConfig(folder);
    for (let kill = 0; kill < KILLS; kill++) {
      const killAt = 1 + Math.floor(Math.random() * (requests - 1));
      if (!(await onePass(config, cloud, killAt))) inReading += 1;
    }
    assert.equal(await onePass(config, cloud, null), true);
    assert.deepEqual(await outcome(folder), expected, `round ${round}`);
    const again = [...receiver.alerts.values()].flat();
    assert.equal(new Set(again).size, again.length, 'a finding was told in two alerts');
    assert.deepEqual(again.toSorted(), told, `round ${round}`);
  }
  assert.ok(inReading >= ROUNDS, `only ${inReading} kills fell into the reading: the test proves too little`);
  assert.equal(cloud.requests.filter((one) => one.account !== aws.ACCOUNT).length, 0);
});
