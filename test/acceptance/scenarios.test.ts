import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { checkFolder } from '../../src/daemon/check-folder.ts';
import { readRules } from '../../src/daemon/rule-files.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import { ELEVATIONS } from '../../src/model/path.ts';
import { type Rewriting, rewriteScenario, rewriteTruth } from '../support/rewrite.ts';
import {
  copyScenario,
  expectationOf,
  judgingTime,
  RENDERINGS,
  type Rendering,
  readTruth,
  scenariosIn,
  type TrueAccess,
  type Truth,
} from '../support/scenario.ts';

const root = resolve(import.meta.dirname, '../..');
/** Captured scenarios kept here, and any more that lie beside the checkout. */
const folders = [join(root, 'test/fixtures/scenarios'), join(root, '../shared/scenarios')];
const scenarios = [...new Map(folders.flatMap(scenariosIn).map((path) => [basename(path), path])).values()];

/**
 * Another world: nothing in the code may know the lab's names, addresses, ports, pids or dates. Names keep their
 * length, because recordings count the characters of what was shown.
 */
const ELSEWHERE: Rewriting = {
  hosts: { web01: 'pluto', db01: 'nova', bastion: 'gateway', adm: 'own' },
  users: { labrec: 'sorrel', labalice: 'margaret', labbob: 'sascha', labcarol: 'cordelia', carol: 'robin' },
  network: '172.2.9',
  portShift: 3_111,
  pidShift: 1_234,
  dayShift: 67,
};

const rules = await readRules([]);

async function judgeFolder(folder: string, truth: Truth) {
  const result = await checkFolder([folder], {
    config: null,
    rules,
    zone: 'UTC',
    now: judgingTime(truth),
    from: -Infinity,
    to: Infinity,
    signal: new AbortController().signal,
    progress: () => {},
  });
  assert.deepEqual(result.errors, []);
  return result.judgement;
}

function lookUp(accesses: readonly JudgedAccess[], truth: TrueAccess): JudgedAccess[] {
  const isElevation = truth.kind === 'sudo' || truth.kind === 'su';
  return accesses.filter((one) => {
    if (one.target !== truth.host || ELEVATIONS.has(one.path) !== isElevation) return false;
    if (isElevation)
      return one.path === truth.kind && one.account === truth.effective_user && one.actor === truth.user;
    const samePort =
      one.origin?.port == null || truth.src_port === undefined || one.origin.port === truth.src_port;
    return one.account === truth.user && samePort;
  });
}

const PATHS: Readonly<Record<string, readonly string[]>> = {
  shell: ['ssh-shell', 'ssh'],
  exec: ['ssh-exec', 'ssh'],
  scp: ['ssh-exec', 'ssh-sftp', 'ssh'],
  sftp: ['ssh-sftp', 'ssh'],
  tunnel: ['ssh-forward'],
};

async function holdTruth(folder: string, truth: Truth, zoneUnknown: boolean): Promise<void> {
  const judgement = await judgeFolder(folder, truth);
  const uids = new Map<string, string>();
  for (const one of truth.accesses) {
    const found = lookUp(judgement.accesses, one);
    const name = `${truth.scenario} ${one.id} (${one.user}@${one.host} ${one.kind})`;
    if (one.expected.verdict === 'no_access') {
      assert.deepEqual(found, [], `${name}: there was no access`);
      continue;
    }
    const fitting = found.filter((it) => (PATHS[one.kind] ?? [one.kind]).includes(it.path));
    assert.equal(fitting.length, 1, `${name}: ${found.map((it) => `${it.uid} ${it.path}`).join(', ')}`);
    const [access] = fitting;
    assert.ok(access);
    uids.set(one.id, access.uid);
    const codes = access.reasons.map((reason) => reason.code);
    const said = `${name}: ${access.verdict} ${JSON.stringify(access.reasons)}`;
    if (zoneUnknown && access.verdict === 'undetermined' && codes.includes('time-assumed')) continue;
    const { verdicts, reasons } = expectationOf(one);
    assert.ok(verdicts.includes(access.verdict), said);
    assert.ok(reasons.length === 0 || reasons.some((code) => codes.includes(code)), said);
    if (one.expected.reason?.startsWith('EXC-'))
      assert.equal(access.exception?.id, one.expected.reason, said);
    if (one.expected.verdict === 'covered_so_far') {
      assert.deepEqual(
        judgement.findings.filter((it) => it.subject.uid === access.uid),
        [],
        said,
      );
    }
    if (one.via !== undefined) assert.equal(access.via, uids.get(one.via), `${name}: via`);
  }
  const expected = truth.accesses.filter((one) => one.expected.verdict !== 'no_access').length;
  assert.equal(judgement.accesses.length, expected, `${truth.scenario}: accesses that did not happen`);
}

async function withCopy(
  scenario: string,
  rendering: Rendering,
  change: Rewriting | null,
  withAudit: boolean,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'offrecord-scenario-'));
  try {
    copyScenario(scenario, rendering, folder, withAudit);
    const truth = readTruth(scenario);
    if (change) rewriteScenario(folder, change);
    const zoneUnknown = rendering === 'auth.log' && truth.scenario.includes('other_timezone');
    await holdTruth(folder, change ? rewriteTruth(truth, change) : truth, zoneUnknown);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without the kernel's audit records this one's recording cannot be told by any id. */
const NEEDS_AUDIT = /clock_skew/;

describe('captured scenarios give their truth', () => {
  assert.ok(scenarios.length > 0, 'no scenario found');
  for (const scenario of scenarios) {
    for (const rendering of RENDERINGS) {
      it(`${basename(scenario)} from ${rendering}`, () => withCopy(scenario, rendering, null, true));
      it(`${basename(scenario)} from ${rendering}, in another world`, () =>
        withCopy(scenario, rendering, ELSEWHERE, true));
      if (NEEDS_AUDIT.test(scenario)) continue;
      it(`${basename(scenario)} from ${rendering}, without audit.log`, () =>
        withCopy(scenario, rendering, null, false));
    }
  }
});
