import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeRecordings, toIdentity } from '../../src/correlate/identity.ts';
import { recording } from '../support/build.ts';

const identity = toIdentity({ targets: [], principals: [] });
const hosts = new Set(['web01', 'bastion']);

function placed(keeper: string, reportedHost: string, covers: 'session' | 'elevation') {
  const one = recording({ target: keeper, reportedHost, covers });
  return placeRecordings([one], hosts, identity).recordings[0]?.target;
}

describe('placeRecordings: I/O logs that a log server keeps', () => {
  it('belong to the host that the log names', () => {
    assert.equal(placed('logs01', 'web01', 'elevation'), 'web01');
    assert.equal(placed('bastion', 'web01', 'elevation'), 'web01');
  });

  it('stay with the keeper where the named host is unknown, and so do recordings of sessions', () => {
    assert.equal(placed('bastion', 'app07', 'elevation'), 'bastion');
    assert.equal(placed('bastion', 'web01', 'session'), 'bastion');
  });

  it('are only guessed at by a short name', () => {
    const one = recording({ target: 'logs01', reportedHost: 'web01.example.org', covers: 'elevation' });
    const { recordings, guessed } = placeRecordings([one], hosts, identity);
    assert.equal(recordings[0]?.target, 'web01');
    assert.deepEqual(guessed.get(one.uid), { name: 'web01.example.org', target: 'web01' });
  });
});
