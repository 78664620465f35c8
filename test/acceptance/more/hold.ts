import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkFolder } from '../../../src/daemon/check-folder.ts';
import { readRules } from '../../../src/daemon/rule-files.ts';
import type { JudgedAccess } from '../../../src/model/access.ts';
import { RENDERINGS } from '../../support/scenario.ts';
import type { Rendered, World } from './world.ts';

const rules = await readRules([]);

/**
 * `host account[<actor][:port] path verdict [reason]`, one per access that happened. `exc=ID` in place of the
 * reason names the exception, `join=nested` the kind of join.
 */
export type Expected = readonly string[];

export interface Scene {
  readonly name: string;
  readonly build: () => World;
  readonly expected: Expected;
  /** What must come out without the kernel's records: the same unless said; null where nobody could tell. */
  readonly withoutAudit?: Expected | null;
  /** Without pinned digests, with the kernel's records; left out where a manifest adds nothing. */
  readonly withoutManifest?: Expected;
  /** What whole-second RFC 3164 lines in an unstated zone may give. */
  readonly rfc3164?: Expected;
  readonly rfc3164WithoutAudit?: Expected;
  /** Places that must be named as unreadable. */
  readonly errors?: RegExp;
}

async function judged(world: World, rendered: Rendered, errors: RegExp | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'offrecord-more-'));
  try {
    world.write(folder, rendered);
    const result = await checkFolder([folder], {
      config: null,
      rules,
      zone: 'UTC',
      now: world.judgingTime(),
      from: -Infinity,
      to: Infinity,
      signal: new AbortController().signal,
      progress: () => {},
    });
    if (errors === undefined) assert.deepEqual(result.errors, []);
    else assert.match(result.errors.join('\n'), errors);
    return result.judgement;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeAccess(one: JudgedAccess): string {
  const actor = one.actor === null ? '' : `<${one.actor}`;
  const port = one.actor === null && one.origin?.port != null ? `:${one.origin.port}` : '';
  return `${one.target} ${one.account}${actor}${port} ${one.path} ${one.verdict}`;
}

function carries(one: JudgedAccess, wanted: string): boolean {
  if (wanted.startsWith('exc=')) return one.exception?.id === wanted.slice(4);
  if (wanted.startsWith('join=')) return one.recordings.every((part) => part.join === wanted.slice(5));
  return one.reasons.some((reason) => reason.code === wanted);
}

function hold(accesses: readonly JudgedAccess[], expected: Expected): void {
  const left = [...accesses];
  const said = accesses.map((one) => `${describeAccess(one)} ${JSON.stringify(one.reasons)}`).join('\n');
  for (const line of expected) {
    const [host, who, path, verdict, ...wanted] = line.split(' ');
    const at = left.findIndex(
      (one) =>
        describeAccess(one) === `${host} ${who} ${path} ${verdict}` &&
        wanted.every((word) => carries(one, word)),
    );
    assert.ok(at >= 0, `missing: ${line}\ngot:\n${said}`);
    left.splice(at, 1);
  }
  assert.deepEqual(left.map(describeAccess), [], `more accesses than happened\n${said}`);
}

/** Runs a scene in every rendering, with and without the kernel's records and pinned digests. */
export function holdScene(scene: Scene): void {
  const run = (name: string, rendered: Rendered, expected: Expected) =>
    it(name, async () => hold((await judged(scene.build(), rendered, scene.errors)).accesses, expected));
  describe(scene.name, () => {
    for (const rendering of RENDERINGS) {
      const isBsd = rendering === 'auth.log';
      const withAudit = isBsd ? (scene.rfc3164 ?? scene.expected) : scene.expected;
      const bare = scene.withoutAudit === undefined ? scene.expected : scene.withoutAudit;
      const without = isBsd ? (scene.rfc3164WithoutAudit ?? bare) : bare;
      run(rendering, { rendering, withAudit: true, withManifest: true }, withAudit);
      if (without)
        run(`${rendering}, no audit.log`, { rendering, withAudit: false, withManifest: true }, without);
    }
    if (scene.withoutManifest) {
      const rendered = { rendering: 'auth.iso.log', withAudit: true, withManifest: false } as const;
      run('no digests pinned', rendered, scene.withoutManifest);
    }
  });
}
