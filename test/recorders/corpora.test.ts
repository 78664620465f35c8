import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { FileEntry, PinnedFile } from '../../src/files/entry.ts';
import type { Recording } from '../../src/model/recording.ts';
import { asciicast } from '../../src/recorders/asciicast/asciicast.ts';
import type { Recorder } from '../../src/recorders/recorder.ts';
import { RECORDERS } from '../../src/recorders/registry.ts';
import { sudo } from '../../src/recorders/sudo/sudo.ts';
import { codesOf, entryOf, inspectAll } from './support.ts';

const shared = resolve(import.meta.dirname, '../../../shared');

function skipWithout(path: string): { skip: string } | object {
  return existsSync(join(shared, path)) ? {} : { skip: `${path} is not beside the checkout` };
}

function filesBelow(folder: string, change: (name: string) => Partial<FileEntry> = () => ({})): FileEntry[] {
  const paths = globSync(join(folder, '**/*')).filter((path) => statSync(path).isFile());
  return paths.sort().map((path) => entryOf(path, relative(folder, path), change(relative(folder, path))));
}

async function summary(
  recorder: Recorder,
  files: readonly FileEntry[],
): Promise<Record<string, readonly unknown[]>> {
  const recordings = await inspectAll(recorder, files);
  return Object.fromEntries(recordings.map((one) => [one.ref.source, [one.state, one.events, codesOf(one)]]));
}

describe("asciinema's own casts", skipWithout('corpora/asciinema/casts'), () => {
  it('are complete, but for version 3 ones that end without their exit', async () => {
    assert.deepEqual(await summary(asciicast, filesBelow(join(shared, 'corpora/asciinema/casts'))), {
      'demo.cast': ['complete', 39, []],
      'demo.json': ['complete', 25, []],
      'full-v1.json': ['complete', 3, []],
      'full-v2.cast': ['complete', 5, []],
      'full-v3.cast': ['incomplete', 5, ['recording-not-closed']],
      'minimal-v1.json': ['complete', 1, []],
      'minimal-v2.cast': ['complete', 1, []],
      'minimal-v3.cast': ['incomplete', 1, ['recording-not-closed']],
      'nulls-v1.json': ['complete', 1, []],
      'nulls-v2.cast': ['complete', 1, []],
    });
  });
});

describe("sudo's own I/O logs", skipWithout('corpora/sudo'), () => {
  const closed = (name: string) => ({ mode: name.endsWith('timing') ? 0o400 : 0o600 });

  it('a session that types a password twice is complete', async () => {
    const files = filesBelow(join(shared, 'corpora/sudo/iolog/regress/iolog_filter'), closed);
    assert.deepEqual(await summary(sudo, files), { test1: ['complete', 44, []] });
  });

  it('every log of every age is read', () => {
    const recognise = (path: string, name: string) => sudo.recognise(entryOf(path, name), readFileSync(path));
    const legacy = globSync(join(shared, 'corpora/sudo/iolog/regress/corpus/seed/log_legacy/*'));
    const json = globSync(join(shared, 'corpora/sudo/iolog/regress/corpus/seed/log_json/*'));
    assert.ok(legacy.length >= 10 && json.length >= 7);
    assert.ok(legacy.every((path) => recognise(path, 'x/log') > 0.8));
    assert.ok(json.every((path) => recognise(path, 'x/log.json') > 0.8));
  });
});

describe('recordings of the captured scenarios', skipWithout('scenarios'), () => {
  const manifestPins = (host: string): ReadonlyMap<string, PinnedFile & { mode: number }> => {
    const path = join(host, 'recordings.manifest.json');
    const entries = Object.entries(
      JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>,
    );
    return new Map(
      entries.map(([name, { size, sha256, mtime, mode }]) => [
        name,
        { size: Number(size), sha256: String(sha256), mtimeMs: Number(mtime) * 1000, mode: Number(mode) },
      ]),
    );
  };

  const inspectScenario = async (name: string): Promise<Recording[]> => {
    const found: Recording[] = [];
    for (const host of globSync(join(shared, 'scenarios', name, 'hosts/*'))) {
      const pins = manifestPins(host);
      const files = filesBelow(host, (file) => {
        const { mode, ...pinned } = pins.get(file) ?? { mode: 0o600 };
        return { mode, pinned: 'size' in pinned ? pinned : null };
      }).filter((file) => file.name.startsWith('recordings/'));
      for (const recorder of RECORDERS) found.push(...(await inspectAll(recorder, files)));
    }
    return found;
  };

  const expected: Record<string, readonly (readonly [state: string, ...codes: string[]])[]> = {
    s01_tlog_login_shell_ok: [['complete']],
    s02_tlog_exec_stdin_eof_bypass: [['empty', 'recording-empty']],
    s11_tlog_truncated: [['incomplete', 'recording-truncated', 'recording-truncated']],
    s14_tlog_empty_file: [['empty', 'recording-truncated', 'recording-empty']],
    s15_sudo_iolog_ok: [['complete']],
    s17_sudo_killed: [['incomplete', 'recording-not-closed']],
    s20_asciinema_ok: [['complete']],
    s22_script_ok_and_killed: [['complete'], ['incomplete', 'recording-not-closed']],
    s33_still_open: [['complete']],
    s36_scp_legacy_through_tlog: [['complete']],
    s38_tlog_content_disabled: [['no-content', 'recording-empty']],
  };

  for (const [name, states] of Object.entries(expected)) {
    it(name, async () => {
      assert.deepEqual(
        (await inspectScenario(name)).map((one) => [one.state, ...codesOf(one)]),
        states,
      );
    });
  }
});
