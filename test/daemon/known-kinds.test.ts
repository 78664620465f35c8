import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { KnownKinds } from '../../src/daemon/collect/known-kinds.ts';
import { walk } from '../../src/files/walk.ts';

it('an unchanged file is known without being opened; a changed one is looked at anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'offrecord-kinds-'));
  try {
    const path = join(folder, 'a.log');
    writeFileSync(path, 'nothing of interest\n');
    const kinds = new KnownKinds();
    const [before] = (await walk(path)).files;
    assert.ok(before);
    assert.equal((await kinds.recognise(before)).kind, 'unknown');
    writeFileSync(path, '2026-11-22T10:00:00+00:00 web01 sshd[1]: Server listening on :: port 22.\n');
    assert.equal((await kinds.recognise(before)).kind, 'unknown', 'as it was listed, it is what it was');
    const [after] = (await walk(path)).files;
    assert.ok(after);
    assert.equal((await kinds.recognise(after)).kind, 'source');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
