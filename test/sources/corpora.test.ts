import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { FORMATS } from '../../src/sources/registry.ts';
import { sshd } from '../../src/sources/sshd/sshd.ts';
import { counts, decodeAll, decodeText } from './support.ts';

/** Public collections of log lines beside the checkout; they are not part of it. */
const CORPORA = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url));
const skip = existsSync(CORPORA) ? false : 'public log collections are not beside the checkout';
const FOLDERS = ['loghub', 'lnav', 'plaso', 'ossec', 'wazuh'];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return statSync(path).size < 2_000_000 ? [path] : [];
  });
}

for (const folder of FOLDERS) {
  test(`${folder}: every file in every format, without throwing`, { skip }, () => {
    for (const path of filesBelow(join(CORPORA, folder))) {
      const bytes = readFileSync(path);
      for (const format of FORMATS) {
        const { records, events } = decodeAll(format, bytes, { host: null });
        assert.ok(records > 0 || bytes.length < 64, path);
        assert.ok(
          events.every((event) => Number.isFinite(event.time)),
          path,
        );
      }
    }
  });
}

test('loghub: the one login among two thousand lines of attacks', { skip }, () => {
  const { events, rejects } = decodeAll(sshd, readFileSync(join(CORPORA, 'loghub/OpenSSH/OpenSSH_2k.log')));
  assert.equal(counts(events)['access.open ssh'], 1);
  assert.deepEqual(rejects, []);
});

test('loghub: services that switch to their own account are sessions and no accesses', { skip }, () => {
  const { events, rejects } = decodeAll(sshd, readFileSync(join(CORPORA, 'loghub/Linux/Linux_2k.log')));
  assert.ok((counts(events)['session.open su'] ?? 0) > 50);
  assert.equal(events.filter((event) => event.kind === 'access.open').length, 0);
  assert.deepEqual(rejects, []);
});

/** Lines that rules of other products call a success; the same line stands there once per rule. */
test('ossec and wazuh: what their rules call sudo, su and doas is seen as such', { skip }, () => {
  const lines = ['ossec', 'wazuh'].flatMap((folder) =>
    ['su.ini', 'sudo.ini', 'doas.ini'].flatMap((name) => {
      const path = join(CORPORA, folder, name);
      return existsSync(path) ? (readFileSync(path, 'utf8').match(/(?<=^log \d+ pass = ).*$/gm) ?? []) : [];
    }),
  );
  const { events } = decodeText(sshd, `${[...new Set(lines)].join('\n')}\n`);
  assert.deepEqual(counts(events), { 'access.open sudo': 7, 'access.open su': 1 });
});
