import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CheckResult, checkFolder } from '../../src/daemon/check-folder.ts';
import { readRules } from '../../src/daemon/rule-files.ts';
import type { JudgedAccess } from '../../src/model/access.ts';
import { trailFile, trailKey, type TrailRecord } from '../support/cloudtrail.ts';
import { put } from '../support/temp.ts';

const rules = await readRules([]);
/** A day after what the records tell. */
const NOW = Date.parse('2026-11-23T12:00:00Z');
/** When transcripts were uploaded. */
const UPLOADED = Date.parse('2026-11-22T11:00:00Z') / 1000;

/** A folder as an auditor gets one: trail files as they lay in their bucket, and what the sessions left. */
export class CloudFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'offrecord-cloud-'));
  readonly #pins: Record<string, object> = {};

  trail(...records: readonly TrailRecord[]): this {
    this.put(trailKey({}), gzipSync(trailFile(records)));
    return this;
  }

  /** Writes a file with the time of the uploads. */
  put(name: string, content: string | Uint8Array): this {
    utimesSync(put(this.path, name, content), UPLOADED, UPLOADED);
    return this;
  }

  /** Pins what a file holds now. */
  pin(name: string, content: string): this {
    const sha256 = createHash('sha256').update(content).digest('hex');
    this.#pins[name] = { mode: '0o600', size: Buffer.byteLength(content), mtime: UPLOADED, sha256 };
    writeFileSync(join(this.path, 'recordings.manifest.json'), JSON.stringify(this.#pins));
    return this;
  }

  delete(name: string): this {
    unlinkSync(join(this.path, name));
    return this;
  }

  /** Judges the folder and removes it. */
  async judge(): Promise<CheckResult> {
    try {
      return await checkFolder([this.path], {
        config: null,
        rules,
        zone: 'UTC',
        now: NOW,
        from: -Infinity,
        to: Infinity,
        signal: new AbortController().signal,
        progress: () => {},
      });
    } finally {
      rmSync(this.path, { recursive: true, force: true });
    }
  }
}

export const codesOf = (access: JudgedAccess | undefined): string[] =>
  (access?.reasons ?? []).map((one) => one.code);

/** Check and subject kind of every finding, in alphabetical order. */
export const checksOf = ({ judgement }: CheckResult): string[] =>
  judgement.findings.map((one) => `${one.check} ${one.subject.type}`).toSorted();
