import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FileEntry } from '../../src/files/entry.ts';
import type { Recording } from '../../src/model/recording.ts';
import { findRecorder, RECORDERS } from '../../src/recorders/registry.ts';
import { DAMAGES, damaged, SAMPLES, type Sample, titleOf, WAIVERS } from './samples.ts';
import { type Contents, inspectAll, inspections, pinOf, place, temporaryFolder } from './support.ts';

async function inspectSample(sample: Sample, main: Uint8Array, pinned = false): Promise<Recording> {
  const contents = { ...sample.files, [sample.main]: main };
  const change = (name: string): Partial<FileEntry> => ({
    ...sample.change?.(name),
    ...(pinned && name === sample.main ? { pinned: pinOf(sample.files[name] ?? '') } : {}),
  });
  const recordings = await inspectAll(sample.recorder, place(temporaryFolder(), contents, change));
  // The worst of what a damaged file falls apart into.
  return recordings.find((recording) => recording.state !== 'complete') ?? recordings[0] ?? assert.fail();
}

describe('registry', () => {
  const folder = resolve(import.meta.dirname, '../../src/recorders');

  it('has a line for every folder, each with its recorder and a readme', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(
      RECORDERS.map((recorder) => recorder.type),
      folders.map((entry) => entry.name).sort(),
    );
    for (const { name } of folders) {
      assert.ok(existsSync(`${folder}/${name}/${name}.ts`), name);
      assert.ok(existsSync(`${folder}/${name}/README.md`), name);
    }
  });

  it('finds by type', () => {
    assert.equal(findRecorder('sudo')?.type, 'sudo');
    assert.equal(findRecorder('other'), undefined);
  });

  it('every recorder has a sample here', () => {
    assert.deepEqual(
      [...new Set(SAMPLES.map((sample) => sample.recorder.type))].sort(),
      RECORDERS.map((recorder) => recorder.type),
    );
  });
});

for (const sample of SAMPLES) {
  const { type } = sample.recorder;
  const whole = Buffer.from(sample.files[sample.main] ?? '');

  describe(`conformance of ${titleOf(sample)}`, () => {
    it('an untouched copy is complete, pinned or not', async () => {
      for (const pinned of [false, true]) {
        const recording = await inspectSample(sample, whole, pinned);
        assert.deepEqual([recording.state, recording.problems], ['complete', []]);
      }
    });

    it('recognises its own sample above all others', async () => {
      const [file] = place(temporaryFolder(), { [sample.main]: whole });
      const scores = RECORDERS.map(
        (recorder) => [recorder.type, recorder.recognise(file ?? assert.fail(), whole)] as const,
      );
      const best = scores.toSorted((a, b) => b[1] - a[1])[0];
      assert.equal(best?.[0], type);
      assert.ok((best?.[1] ?? 0) >= 0.5);
    });

    for (const damage of DAMAGES) {
      const waiver = WAIVERS[titleOf(sample)]?.[damage];
      it(`${damage}: ${waiver === undefined ? 'is no longer complete' : `cannot be seen (${waiver})`}`, async () => {
        const { state } = await inspectSample(sample, damaged(sample, damage));
        assert.equal(state === 'complete', waiver !== undefined);
      });

      if (sample.wrongLength === null && damage === 'a length changed') continue;
      it(`${damage}: a pinned digest shows it`, async () => {
        assert.notEqual((await inspectSample(sample, damaged(sample, damage), true)).state, 'complete');
      });
    }

    it('same bytes in another place give the same recordings', async () => {
      const run = () => inspections(sample.recorder, place(temporaryFolder(), sample.files, sample.change));
      const [a, b] = [await run(), await run()];
      assert.deepEqual(
        a.map((one) => one.recordings),
        b.map((one) => one.recordings),
      );
    });

    it('the uid stays while the recording grows', async () => {
      const final = await inspectSample(sample, whole);
      for (const share of [0.5, 0.75, 0.9]) {
        const partial = await inspectSample(sample, whole.subarray(0, Math.floor(whole.length * share)));
        assert.equal(partial.uid, final.uid);
      }
    });

    it('another host is another recording, unless the recording names its own or its id is unique', async () => {
      const uidOn = async (host: string) =>
        (
          await inspectAll(sample.recorder, place(temporaryFolder(), sample.files, sample.change), { host })
        )[0]?.uid;
      assert.equal(
        (await uidOn('web01')) === (await uidOn('web02')),
        ['boundary', 'tlog', 'ssm', 'teleport'].includes(type),
      );
    });

    it('never throws, whatever the bytes, and stays within the states', async () => {
      const folder = temporaryFolder();
      const names = Object.keys(sample.files);
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc
          .tuple(fc.nat(whole.length), fc.uint8Array({ maxLength: 20 }), fc.nat(whole.length))
          .map(([from, insert, to]) => Buffer.concat([whole.subarray(0, from), insert, whole.subarray(to)])),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(bytes, { minLength: names.length, maxLength: names.length }),
          async (contents) => {
            const files = place(
              folder,
              Object.fromEntries(names.map((name, i) => [name, contents[i] ?? ''])),
              sample.change,
            );
            for (const unit of sample.recorder.group(files, files)) {
              const context = {
                host: 'web01',
                zone: 'UTC',
                now: 0,
                names: ['{time}-{user}'],
                sidecars: [],
                previous: null,
              };
              const first = await sample.recorder.inspect(unit, context);
              // What it gave as its state must be understood by itself.
              const second = await sample.recorder.inspect(unit, { ...context, previous: first.state });
              assert.deepEqual(
                second.recordings.map((one) => one.uid),
                first.recordings.map((one) => one.uid),
              );
            }
          },
        ),
        { numRuns: 30 },
      );
    });

    it('what was typed or shown never leaves the recorder', async () => {
      const secret = 'hunter2';
      const put = (bytes: string | Uint8Array) =>
        Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('echo', secret), 'latin1');
      const contents: Contents = Object.fromEntries(
        Object.entries(sample.files).map(([name, bytes]) => [
          name,
          /\.(?:log|jsonl|cast|ttyrec)$/.test(name) ? put(bytes) : bytes,
        ]),
      );
      for (const cut of [0, 10, 40]) {
        const main = Buffer.from(contents[sample.main] ?? '');
        const files = place(
          temporaryFolder(),
          { ...contents, [sample.main]: main.subarray(0, main.length - cut) },
          sample.change,
        );
        assert.doesNotMatch(JSON.stringify(await inspections(sample.recorder, files)), /hunter2/);
      }
    });
  });
}
