import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { trackFindings } from '../../src/daemon/track-findings.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { TrackedFinding } from '../../src/model/tracked-finding.ts';

const finding = (part: Partial<Finding> = {}): Finding => ({
  uid: 'fnd_1',
  check: 'no-recording',
  rule: 'r',
  title: 't',
  level: 'high',
  status: 'open',
  subject: { type: 'access', uid: 'acc_1' },
  target: 'web01',
  account: 'alice',
  time: 1,
  evidence: ['Seen: x.', 'Searched: tlog (read up to 1).'],
  runbook: '',
  refs: [],
  ...part,
});
const all = () => true;
const keep = (changed: readonly TrackedFinding[]) => new Map(changed.map((one) => [one.finding.uid, one]));

describe('trackFindings', () => {
  it('opens, goes on silently, resolves, and opens again', () => {
    const opened = trackFindings(new Map(), [finding()], all, 10);
    assert.equal(opened[0]?.openedAt, 10);
    const later = finding({ evidence: ['Seen: x.', 'Searched: tlog (read up to 2).'] });
    assert.deepEqual(trackFindings(keep(opened), [later], all, 20), []);
    const resolved = trackFindings(keep(opened), [], all, 30);
    assert.equal(resolved[0]?.finding.status, 'resolved');
    assert.equal(resolved[0]?.resolvedAt, 30);
    assert.deepEqual(trackFindings(keep(resolved), [], all, 40), []);
    const again = trackFindings(keep(resolved), [finding()], all, 50);
    assert.equal(again[0]?.openedAt, 50);
    assert.equal(again[0]?.resolvedAt, null);
  });

  it('keeps an acknowledgement while the finding changes', () => {
    const [first] = trackFindings(new Map(), [finding()], all, 10);
    assert.ok(first);
    const acknowledged = { ...first, finding: finding({ status: 'acknowledged' }), acknowledgedAt: 11 };
    const [next] = trackFindings(keep([acknowledged]), [finding({ level: 'critical' })], all, 20);
    assert.equal(next?.finding.status, 'acknowledged');
    assert.equal(next?.finding.level, 'critical');
  });

  it('resolves nothing that was not looked at', () => {
    const opened = trackFindings(new Map(), [finding()], all, 10);
    assert.deepEqual(
      trackFindings(keep(opened), [], () => false, 20),
      [],
    );
  });
});
