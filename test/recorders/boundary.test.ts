import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Recording } from '../../src/model/recording.ts';
import { boundary } from '../../src/recorders/boundary/boundary.ts';
import { missingRecordings } from '../../src/recorders/missing.ts';
import * as bsr from '../support/boundary.ts';
import { codesOf, type Contents, detailsOf, inspectOne, pinOf, temporaryFolder } from './support.ts';

const inspect = (contents: Contents, host: string | null = null): Promise<Recording> =>
  inspectOne(boundary, temporaryFolder(), contents, { context: { host } });

function without(...names: readonly string[]): Contents {
  return Object.fromEntries(Object.entries(bsr.recording()).filter(([name]) => !names.includes(name)));
}

const outbound = (...inner: readonly Uint8Array[]): Promise<Recording> =>
  inspect(bsr.recording({ channel: { 'messages-outbound.data': Buffer.concat([bsr.MAGIC, ...inner]) } }));

describe('boundary: what a whole recording gives', () => {
  it('who, where, when and by which session', async () => {
    const one = await inspect(bsr.recording());
    assert.deepEqual([one.state, one.problems, one.endProven, one.evidence], ['complete', [], true, 'E4']);
    assert.deepEqual([one.opened, one.closed, one.durationMs], [bsr.OPENED, bsr.CLOSED, 60_000]);
    assert.deepEqual([one.actor, one.account, one.target], ['alice', 'root', 'web01']);
    assert.deepEqual(
      [one.ids, one.ref.source],
      [{ cloudSession: bsr.SESSION, id: bsr.RECORDING }, bsr.FOLDER],
    );
    assert.equal(one.events, 13);
  });

  it('without metadata the chunks name the session and its times', async () => {
    const one = await inspect({ 'copy.bin': bsr.dataFile(...bsr.shown(2)) });
    assert.deepEqual([one.state, one.ids], ['complete', { cloudSession: bsr.SESSION }]);
    assert.deepEqual([one.opened, one.closed], [bsr.OPENED, bsr.CLOSED]);
  });

  it('several user names are none', async () => {
    const meta = { ...bsr.SESSION_META, VaultSshCertificateLibraries: [{ Username: 'deploy' }] };
    assert.equal((await inspect(bsr.recording({ meta }))).account, null);
  });
});

describe('boundary: what is missing or wrong', () => {
  it('a file without its end, though its sum is right', async () => {
    const open = await outbound(bsr.head(), ...bsr.shown(2));
    assert.deepEqual([open.state, open.endProven], ['incomplete', false]);
    assert.deepEqual(detailsOf(open), [`${bsr.CHANNEL}/messages-outbound.data: has no end behind 3 chunks`]);
  });

  it('chunks out of order, without a beginning, behind the end', async () => {
    const late = await outbound(
      bsr.head(),
      bsr.chunk('DATA', bsr.OPENED + 30_000),
      ...bsr.shown(1),
      bsr.done,
    );
    assert.match(detailsOf(late)[0] ?? '', /time goes back by 30,000 ms at chunk 3$/);
    const near = await outbound(bsr.head(), bsr.chunk('DATA', bsr.OPENED + 4_000), ...bsr.shown(1), bsr.done);
    assert.equal(near.state, 'complete');
    assert.match(detailsOf(await outbound(...bsr.shown(1), bsr.done))[0] ?? '', /chunk 1 is no beginning$/);
    const behind = await outbound(bsr.head(), ...bsr.shown(1), bsr.done, Buffer.alloc(1));
    assert.match(detailsOf(behind)[0] ?? '', /bytes behind its end$/);
  });

  it('a changed byte shows in its check sum and in its file’s', async () => {
    const contents = { ...bsr.recording() };
    const bytes = Buffer.from(contents[bsr.SHOWN] ?? '');
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    const changed = await inspect({ ...contents, [bsr.SHOWN]: bytes });
    assert.equal(changed.state, 'altered');
    assert.match(detailsOf(changed).join('\n'), /the check sum of chunk 3 is wrong[^]*has sha256 /);
  });

  it('metadata that was changed', async () => {
    const name = `${bsr.FOLDER}/session-meta.json`;
    const meta = JSON.stringify({ ...bsr.SESSION_META, User: { Name: 'mallory' } });
    assert.equal((await inspect({ ...bsr.recording(), [name]: meta })).state, 'altered');
  });

  it('a file, a channel, the signature, the sums', async () => {
    const gone = await inspect(without(bsr.SHOWN));
    assert.deepEqual([gone.state, codesOf(gone)], ['incomplete', ['recording-gap']]);
    const channel = Object.keys(bsr.recording()).filter((name) =>
      name.startsWith(`${bsr.FOLDER}/${bsr.CHANNEL}/`),
    );
    assert.deepEqual(detailsOf(await inspect(without(...channel))), [
      `${bsr.CONNECTION}: a channel that is listed is absent`,
      '1 file of chunks, and nothing in them',
    ]);
    assert.deepEqual(codesOf(await inspect(without(`${bsr.FOLDER}/SHA256SUM.sig`))), [
      'recording-not-closed',
    ]);
    assert.deepEqual(codesOf(await inspect(without(`${bsr.FOLDER}/SHA256SUM`))), ['recording-not-closed']);
  });

  it('a journal that leaves a file open; none at all is no fault', async () => {
    const journal = `${bsr.FOLDER}/.journal`;
    const open = await inspect({
      ...bsr.recording(),
      [journal]: 'CREATED a\nCLOSING a\nCREATED b\nCLOSED b\n',
    });
    assert.deepEqual(detailsOf(open), ['its journal leaves 1 file open']);
    assert.equal((await inspect(without(journal))).state, 'complete');
  });

  it('an error that the summary notes, without its text', async () => {
    const failed = await inspect(
      bsr.recording({ summary: { ...bsr.SUMMARY, Errors: { Message: 'hunter2' } } }),
    );
    assert.deepEqual([failed.state, codesOf(failed)], ['incomplete', ['recording-failed']]);
    assert.doesNotMatch(JSON.stringify(failed), /hunter2/);
  });

  it('chunks of another session, and another recording than the folder says', async () => {
    const foreign = await inspect(bsr.recording({ meta: { ...bsr.SESSION_META, PublicId: 's_other' } }));
    assert.deepEqual(detailsOf(foreign), ['it holds chunks of another session']);
    const renamed = Object.entries(bsr.recording()).map(([name, bytes]) => [
      name.replace(bsr.FOLDER, 'sr_other.bsr'),
      bytes,
    ]);
    assert.equal((await inspect(Object.fromEntries(renamed))).state, 'altered');
  });

  it('empty files, and no channel', async () => {
    const empty = Object.keys(bsr.recording()).map((name) => [name, '']);
    assert.equal((await inspect(Object.fromEntries(empty))).state, 'empty');
  });

  it('nothing that was typed or shown leaves it', async () => {
    const secret = await outbound(
      bsr.head(),
      bsr.chunk('DATA', bsr.OPENED, 'hunter2'),
      Buffer.from('hunter2'),
    );
    assert.doesNotMatch(JSON.stringify(secret), /hunter2/);
  });

  it('a folder that is gone keeps the recording’s id', () => {
    const pins = Object.entries(bsr.recording()).map(([name, bytes]) => ({
      name,
      host: null,
      pinned: pinOf(bytes),
    }));
    const gone = missingRecordings(pins);
    assert.deepEqual(
      gone.map(({ recorder, state, ids, ref }) => [recorder, state, ids, ref.source]),
      [['boundary', 'missing', { id: bsr.RECORDING }, bsr.FOLDER]],
    );
    assert.deepEqual(missingRecordings(pins, [{ name: bsr.SHOWN }]), []);
  });
});
