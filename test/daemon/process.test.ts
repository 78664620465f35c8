import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, it } from 'node:test';
import { sshdLogin } from '../cli/logs.ts';
import { FILE_RECEIVER, Site } from './site.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const site = new Site(`schedule: "* * * * * *"\n${FILE_RECEIVER}`);
after(() => site.remove());

/** What a process printed so far; resolves as soon as the text is there, or the process has ended. */
async function until(child: ChildProcessWithoutNullStreams, read: () => string, text: string): Promise<void> {
  while (!read().includes(text)) {
    assert.equal(child.exitCode, null, `the daemon ended: ${read()}`);
    await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')]);
  }
}

it('one daemon per store; a broken reload is logged; SIGTERM ends it with exit 0', async () => {
  site.put('hosts/web01/auth.log', sshdLogin({ at: '10:00:00', pid: 100 }));
  const argv = [MAIN, 'run', '--config', site.config];
  const child = spawn(process.execPath, argv);
  try {
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    await until(child, () => out, 'Running:');
    assert.match(out, /1 unrecorded/);
    const second = spawnSync(process.execPath, [...argv, '--once'], { encoding: 'utf8' });
    assert.deepEqual([second.status, second.stdout], [2, '']);
    assert.match(second.stderr, new RegExp(`^offrecord: .*\\b${child.pid}\\b.*\\n$`));
    assert.deepEqual(await site.verdicts(), ['unrecorded'], 'readers are not shut out');
    writeFileSync(site.config, 'sources: nothing\n');
    child.kill('SIGHUP');
    await until(child, () => err, 'the former ones stay in force');
    child.kill('SIGTERM');
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [0, null]);
    for (const line of err.trimEnd().split('\n')) assert.doesNotThrow(() => JSON.parse(line), line);
  } finally {
    child.kill('SIGKILL');
  }
});
