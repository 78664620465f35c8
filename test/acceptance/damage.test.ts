import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { checkFolder } from '../../src/daemon/check-folder.ts';
import { readRules } from '../../src/daemon/rule-files.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import { copyScenario, judgingTime, readTruth } from '../support/scenario.ts';

const scenarios = resolve(import.meta.dirname, '../fixtures/scenarios');
const rules = await readRules([]);

/** Judges a scenario after `damage` was done to the host's folder, with the digests pinned before. */
async function judged(scenario: string, damage: (host: string) => void): Promise<readonly JudgedAccess[]> {
  const folder = mkdtempSync(join(tmpdir(), 'offrecord-damage-'));
  try {
    const from = join(scenarios, scenario);
    copyScenario(from, 'auth.iso.log', folder);
    damage(join(folder, 'hosts', 'web01'));
    const result = await checkFolder([folder], {
      config: null,
      rules,
      zone: 'UTC',
      now: judgingTime(readTruth(from)),
      from: -Infinity,
      to: Infinity,
      signal: new AbortController().signal,
      progress: () => {},
    });
    assert.deepEqual(result.errors, []);
    return result.judgement.accesses;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const edit = (path: string, change: (text: string) => string) =>
  writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
const tlog = (host: string) => join(host, 'recordings/tlog/rec.log');
const cast = (host: string) => join(host, 'recordings/asciinema/20261122T112148-labalice-23603.cast');
const script = (host: string, end: string) =>
  join(host, `recordings/script/20261122T112200-labalice-23698${end}`);
const sudoLog = (host: string, name: string) => join(host, 'recordings/sudo-io/00/00/01', name);

/** Scenario, what is done, the verdict and reason that must follow. `undo` of nothing is the near miss. */
const cases: readonly [string, string, (host: string) => void, string, string][] = [
  [
    'a message taken out of tlog',
    's01_tlog_login_shell_ok',
    (host) => edit(tlog(host), (text) => without(text, 1)),
    'inadequate',
    'recording-gap',
  ],
  [
    'the last message taken out',
    's01_tlog_login_shell_ok',
    (host) => edit(tlog(host), (text) => without(text, 2)),
    'inadequate',
    'recording-truncated',
  ],
  [
    'a word changed in tlog',
    's01_tlog_login_shell_ok',
    (host) => edit(tlog(host), (text) => text.replace('finished\\n', 'f1nished\\n')),
    'inadequate',
    'recording-altered',
  ],
  [
    'the tlog file deleted',
    's01_tlog_login_shell_ok',
    (host) => unlinkSync(tlog(host)),
    'unrecorded',
    'recording-deleted-early',
  ],
  [
    'the tlog file emptied',
    's01_tlog_login_shell_ok',
    (host) => writeFileSync(tlog(host), ''),
    'inadequate',
    'recording-empty',
  ],
  [
    'a stream of an I/O log deleted',
    's15_sudo_iolog_ok',
    (host) => unlinkSync(sudoLog(host, 'ttyout')),
    'inadequate',
    'recording-gap',
  ],
  [
    'an I/O log stream altered',
    's15_sudo_iolog_ok',
    (host) => edit(sudoLog(host, 'ttyin'), (text) => 'x'.repeat(text.length)),
    'inadequate',
    'recording-altered',
  ],
  [
    'a cast cut in mid-line',
    's20_asciinema_ok',
    (host) => edit(cast(host), (text) => text.slice(0, -20)),
    'inadequate',
    'recording-truncated',
  ],
  [
    'a cast without its last lines',
    's20_asciinema_ok',
    (host) => edit(cast(host), (text) => text.split('\n').slice(0, -3).join('\n').concat('\n')),
    'inadequate',
    'recording-truncated',
  ],
  [
    'a cast deleted',
    's20_asciinema_ok',
    (host) => unlinkSync(cast(host)),
    'unrecorded',
    'recording-deleted-early',
  ],
  [
    'a typescript cut',
    's22_script_ok_and_killed',
    (host) => edit(script(host, '.log'), (text) => text.slice(0, 300)),
    'inadequate',
    'recording-truncated',
  ],
  [
    'a typescript deleted',
    's22_script_ok_and_killed',
    (host) => unlinkSync(script(host, '.log')),
    'inadequate',
    'recording-gap',
  ],
];

function without(text: string, line: number): string {
  return text
    .split('\n')
    .filter((_, at) => at !== line)
    .join('\n');
}

/** The access that the undamaged scenario calls recorded. */
function recorded(accesses: readonly JudgedAccess[], uid: string): JudgedAccess | undefined {
  return accesses.find((one) => one.uid === uid);
}

describe('damage to a recording is seen and named', () => {
  for (const [name, scenario, damage, verdict, reason] of cases) {
    it(name, async () => {
      const sound = (await judged(scenario, () => {})).find((one) => one.verdict === 'recorded');
      assert.ok(sound, 'the untouched copy is recorded');
      const access = recorded(await judged(scenario, damage), sound.uid);
      const said = JSON.stringify(access?.reasons);
      assert.equal(access?.verdict, verdict, said);
      assert.ok(
        access?.reasons.some((one) => one.code === reason),
        said,
      );
    });
  }
});
