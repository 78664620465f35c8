import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import { type Replay, type ReplayOptions, replay } from '../../src/daemon/replay/replay.ts';
import { readRules } from '../../src/daemon/rule-files.ts';
import type { Event } from '../../src/model/event.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Recording } from '../../src/model/recording.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { sshdLogin, tlogRecording } from '../cli/logs.ts';
import { report } from '../store/samples.ts';
import { Site } from './site.ts';

export const LOG = 'hosts/web01/auth.log';
export const REC = 'hosts/web01/recordings/a.log';
export const GAP = { at: '10:00:00', pid: 100 };
export const RECORDED = { at: '11:00:00', pid: 200 };
export const DAY = { from: Date.parse('2026-11-22T00:00:00Z'), to: Date.parse('2026-11-23T00:00:00Z') };
/** The shipped rules, read once. */
export const SHIPPED = await readRules([]);
const TIERS = 'targets: [{id: web01, tier: prod}]\ntiers: {prod: {evidence: E3}}\n';

/** Sites that were judged once, by what lies in them beside logs and recordings. */
const originals = new Map<string, Site>();

export async function removeOriginals(): Promise<void> {
  for (const original of originals.values()) await original.remove();
}

/** A site whose past is judged anew. */
export class ReplaySite extends Site {
  /** With a gap at 10:00 and a recorded access at 11:00, judged two days later, when all is settled: a copy. */
  static async judged(files: Readonly<Record<string, string>> = {}): Promise<ReplaySite> {
    const key = JSON.stringify(files);
    const original = originals.get(key) ?? (await judgeOnce(files));
    originals.set(key, original);
    const copy = new ReplaySite(TIERS);
    cpSync(original.folder, copy.folder, { recursive: true, preserveTimestamps: true });
    return copy;
  }

  /** Replays the day of the logs by the shipped rules, unless other ones are asked for. */
  async replay(change: Partial<ReplayOptions> = {}): Promise<Replay> {
    const text = readFileSync(this.config, 'utf8');
    const loaded = loadConfig({ file: this.config, text, env: {}, readSecret: () => new Error('none') });
    assert.ok('config' in loaded);
    const result = await replay({
      ...DAY,
      now: null,
      config: loaded.config,
      paths: [],
      rulesFolder: null,
      exceptionsFolder: null,
      ...(change.rulesFolder === undefined ? { rules: SHIPPED } : {}),
      zone: 'UTC',
      signal: new AbortController().signal,
      progress: () => {},
      ...change,
    });
    assert.ok(!('problems' in result), JSON.stringify(result));
    assert.deepEqual(result.errors, []);
    return result;
  }

  /** Saves recordings as a pass does that is killed before it judges. */
  async keep(recordings: readonly Recording[]): Promise<void> {
    const unit = { key: 'late', size: 1, mtimeMs: 1 };
    await this.#write((store) =>
      store.saveInspection({ recorder: 'tlog', unit, state: null, recordings, pins: [], at: DAY.to }),
    );
  }

  async keepEvents(events: readonly Event[]): Promise<void> {
    await this.#write((store) =>
      store.saveBatch({ stream: 's', cursor: null, report: report('s'), events, at: DAY.to }),
    );
  }

  async keepFindings(...findings: readonly Finding[]): Promise<void> {
    const at = DAY.to;
    const life = {
      openedAt: at,
      updatedAt: at,
      resolvedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
    };
    const nothing = { judged: [], accesses: [], removedAccesses: [], alerts: [], notices: [] };
    const tracked = findings.map((finding) => ({ finding, ...life }));
    await this.#write((store) => store.saveJudgement({ at, ...nothing, findings: tracked }));
  }

  async #write(work: (store: Store) => Promise<unknown>): Promise<void> {
    const store = await openStore(this.store, 'writer');
    await work(store);
    await store.close();
  }
}

async function judgeOnce(files: Readonly<Record<string, string>>): Promise<Site> {
  const site = new Site(TIERS);
  site.put(LOG, sshdLogin(GAP) + sshdLogin(RECORDED));
  site.put(REC, tlogRecording(RECORDED));
  for (const [name, text] of Object.entries(files)) site.put(name, text);
  await site.pass('2026-11-24T00:00:00Z');
  return site;
}

/** `verdict codes` of a side of an access; `check level` of a finding. */
export function summaryOf({ difference }: Replay): string[] {
  const side = (one: { verdict: string; reasons: readonly { code: string }[] } | null) =>
    one === null ? 'nothing' : [one.verdict, ...one.reasons.map(({ code }) => code)].join(' ');
  return [
    ...difference.accesses.map(
      ({ change, before, after }) =>
        `${change} ${(after ?? before)?.origin?.port}: ${side(before)} → ${side(after)}`,
    ),
    ...difference.findings.map(
      ({ change, before, after }) => `${change} ${(after ?? before)?.check} ${(after ?? before)?.level}`,
    ),
  ];
}

/** An exception for alice on web01 from 09:00 on. */
export function exception(expires: string): string {
  return `id: EXC-1
kind: recording-exception
title: recorder of web01 is being replaced
scope: {targets: [web01], accounts: [alice]}
reason: the recorder is being replaced
risk: {rating: low, statement: sessions cannot be replayed}
compensating_controls: [auditd on web01]
owner: bob
approved_by: ciso
approved_at: 2026-11-22T08:00:00Z
ticket: T-1
starts_at: 2026-11-22T09:00:00Z
expires_at: ${expires}
`;
}
