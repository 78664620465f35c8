import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { phaseOf } from '../../src/assess/phase.ts';
import { VERDICTS } from '../../src/assess/state-table.ts';
import type { Access, JudgedAccess } from '../../src/model/access.ts';
import type { Recording } from '../../src/model/recording.ts';
import { event, login, recording, T0 } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const grace = { start: 30_000, close: MINUTE, store: MINUTE };
const at = (opened: number, closed: number | null) => ({ opened, closed }) as Access;

describe('phase of an access', () => {
  const cases: [string, number | null, number, string][] = [
    ['just opened', null, 10_000, 'young'],
    ['open beyond the start grace', null, 31_000, 'open'],
    ['open for a day without an end', null, DAY, 'endless'],
    ['just ended', MINUTE, MINUTE + 1_000, 'settling'],
    ['its recording may still be stored', MINUTE, 2 * MINUTE + 1_000, 'storing'],
    ['nothing more is due', MINUTE, 3 * MINUTE, 'closed'],
  ];
  for (const [name, closed, now, phase] of cases) {
    it(`${name}: ${phase}`, () => assert.equal(phaseOf(at(0, closed), grace, DAY, now), phase));
  }

  it('waits for recorders that upload once at the end', () => {
    const late = { ...grace, start: Infinity };
    assert.equal(phaseOf(at(0, null), late, DAY, MINUTE * 30), 'young');
    assert.equal(phaseOf(at(0, MINUTE), late, DAY, 2 * MINUTE), 'young');
    assert.equal(phaseOf(at(0, MINUTE), late, DAY, 3 * MINUTE), 'closed');
  });
});

describe('the state table', () => {
  it('never says recorded in doubt, damage or absence', () => {
    for (const [phase, covers] of Object.entries(VERDICTS)) {
      for (const [cover, verdict] of Object.entries(covers)) {
        if (verdict === 'recorded') assert.equal(cover, 'sound', `${phase} ${cover}`);
      }
    }
  });

  it('never calls absence while blind or doubtful unrecorded', () => {
    for (const covers of Object.values(VERDICTS)) {
      assert.notEqual(covers.blind, 'unrecorded');
      assert.notEqual(covers.doubt, 'unrecorded');
    }
  });
});

/** The one access of a login with the given recording, judged at `now`. */
function one(
  rec: Partial<Recording> | null,
  options: Parameters<typeof login>[0] = {},
  now = T0 + DAY,
): JudgedAccess {
  const found = judgeFacts(login(options), rec === null ? [] : [recording(rec)], { now }).accesses;
  assert.equal(found.length, 1);
  return found[0] as JudgedAccess;
}

const codes = (access: JudgedAccess) => access.reasons.map((reason) => reason.code);

describe('time', () => {
  it('reports an access without a recording while it is open, but not at once', () => {
    assert.equal(one(null, { until: null }, T0 + 10_000).verdict, 'pending');
    assert.equal(one(null, { until: null }, T0 + 40_000).verdict, 'unrecorded');
  });

  it('waits with an open recorded access, and lets late evidence heal', () => {
    assert.equal(one({ closed: T0 + 5_000 }, { until: null }, T0 + MINUTE).verdict, 'pending');
    const late = one({}, {}, T0 + 10 * MINUTE);
    assert.equal(late.verdict, 'recorded');
    assert.equal(one(null, {}, T0 + 10 * MINUTE).verdict, 'unrecorded');
  });

  it('does not hold an unfinished recording against an access that is open', () => {
    const unfinished: Partial<Recording> = {
      state: 'incomplete',
      hasEndMarker: true,
      problems: [{ code: 'recording-not-closed', detail: '' }],
    };
    assert.equal(one(unfinished, { until: null }, T0 + 5 * MINUTE).verdict, 'pending');
    assert.equal(one(unfinished).verdict, 'inadequate');
    const altered: Partial<Recording> = {
      state: 'altered',
      problems: [{ code: 'recording-altered', detail: '' }],
    };
    assert.equal(one(altered, { until: null }, T0 + 5 * MINUTE).verdict, 'inadequate');
  });
});

describe('coverage of the whole time', () => {
  const byHand = { launch: 'unknown', hasEndMarker: true, endProven: true } as const;

  it('names what a recorder started by hand left out', () => {
    const late = one({ ...byHand, opened: T0 + 20_000 });
    assert.equal(late.verdict, 'inadequate');
    const stretch = late.reasons.find((reason) => reason.code === 'recording-truncated')?.detail;
    assert.equal(stretch, 'not covered: 2026-11-22T10:00:00.000Z to 2026-11-22T10:00:20.000Z');
    assert.ok(Math.abs((late.recordings[0]?.covers ?? 0) - 2 / 3) < 0.01);
    const early = one({ ...byHand, closed: T0 + 30_000 });
    assert.deepEqual([early.verdict, codes(early)[0]], ['inadequate', 'recording-truncated']);
  });

  it('covers from the opening where the session itself starts the recorder', () => {
    assert.equal(one({ opened: T0 + 20_000, launch: 'session' }).verdict, 'recorded');
    const forced = { channels: [{ path: 'ssh' as const, at: T0 + 50 }] };
    const lines = login(forced).map((line) =>
      line.kind === 'access.use' ? { ...line, detail: { forcedCommand: '/usr/bin/rec' } } : line,
    );
    const [access] = judgeFacts(lines, [recording({ ...byHand, opened: T0 + 20_000 })]).accesses;
    assert.equal(access?.verdict, 'recorded');
  });

  it('takes a silent tail for covered only where the format has no end marker', () => {
    const silent = one({ closed: T0 + 10_000 });
    assert.equal(silent.verdict, 'recorded');
    assert.ok(codes(silent).includes('end-unproven'));
    assert.equal(one({ closed: T0 + 10_000, hasEndMarker: true, endProven: true }).verdict, 'inadequate');
  });

  it('adds up the parts of two recordings', () => {
    const parts = [
      recording({ ...byHand, closed: T0 + 30_000 }),
      recording({ ...byHand, opened: T0 + 29_500 }),
    ];
    assert.equal(judgeFacts(login(), parts).accesses[0]?.verdict, 'recorded');
    assert.equal(judgeFacts(login(), parts.slice(0, 1)).accesses[0]?.verdict, 'inadequate');
  });
});

describe('evidence and blindness', () => {
  it('asks for output of what a person types', () => {
    const weak = one({ evidence: 'E2' });
    assert.deepEqual([weak.verdict, codes(weak)[0]], ['inadequate', 'evidence-class-too-low']);
    assert.deepEqual(one({ evidence: 'E3' }).evidence, { required: 'E3', found: 'E3' });
  });

  it('never takes silence for absence', () => {
    const report = {
      id: 'tlog',
      type: 'tlog',
      serves: 'hosts' as const,
      hosts: [],
      units: 1,
      recordings: 0,
      watermark: T0,
    };
    const blindTo = (host: string) =>
      judgeFacts(login(), [], {}, { recorders: [{ ...report, errors: ['denied'], blindHosts: [host] }] })
        .accesses[0];
    assert.equal(blindTo('web01')?.verdict, 'undetermined');
    assert.equal(blindTo('*')?.verdict, 'undetermined');
    assert.equal(blindTo('web02')?.verdict, 'unrecorded');
  });

  it('tells of an access that could not be judged once the longest wait is over', () => {
    const report = {
      id: 'tlog',
      type: 'tlog',
      serves: 'hosts' as const,
      hosts: [],
      units: 1,
      recordings: 0,
      watermark: T0,
    };
    const recorders = [{ ...report, errors: [], blindHosts: ['web01'] }];
    const checks = (now: number) =>
      judgeFacts(login(), [], { now }, { recorders }).findings.map((finding) => finding.check);
    assert.deepEqual(checks(T0 + 60 * MINUTE), []);
    assert.deepEqual(checks(T0 + DAY + 2 * MINUTE), ['low-confidence-match']);
  });

  it('says that a log level was lowered', () => {
    const onlyPam = login().filter((line) => line.kind.startsWith('session.'));
    const source = { ...SOURCE, id: 'auth.log' };
    const { accesses, findings } = judgeFacts(onlyPam, [], {}, { sources: [source] });
    assert.equal(accesses[0]?.verdict, 'unrecorded');
    assert.ok(codes(accesses[0] as JudgedAccess).includes('source-weakened'));
    assert.ok(findings.some((finding) => finding.check === 'source-weakened'));
    const full = judgeFacts(login(), [], {}, { sources: [source] });
    assert.ok(!full.findings.some((finding) => finding.check === 'source-weakened'));
  });

  it('reports a clock that is off by its exact pairs, and not one within the tolerance', () => {
    const audit = (session: number) =>
      event({
        kind: 'session.link',
        program: 'auditd',
        stream: 'audit',
        target: null,
        account: 'alice',
        session: { pid: 1000, auditSession: session },
      });
    const skewed = (ms: number) => {
      const rec = recording({ ids: { auditSession: 7 }, opened: T0 + ms, closed: T0 + ms + 50_000 });
      const report = {
        id: 'tlog',
        type: 'tlog',
        serves: 'hosts' as const,
        hosts: [],
        units: 1,
        recordings: 1,
        errors: [],
        blindHosts: [],
        watermark: T0,
      };
      return judgeFacts([...login(), audit(7)], [rec], {}, { recorders: [report] });
    };
    const off = skewed(412_000);
    assert.equal(off.accesses[0]?.verdict, 'recorded');
    assert.ok(off.findings.some((finding) => finding.check === 'source-clock-skew'));
    assert.deepEqual(skewed(300).findings, []);
  });
});

const SOURCE = {
  type: 'sshd',
  files: [],
  hosts: ['web01'],
  first: T0,
  last: T0,
  records: 2,
  events: 2,
  rejected: 0,
  rejects: [],
  heldBack: 0,
  lost: 0,
  logLevel: 'unknown',
  assumed: [],
  zone: null,
  error: null,
} as const;

describe('recordings that no access can use', () => {
  it('reports one that is corrupt although it names nobody', () => {
    const corrupt = { state: 'corrupt', account: null, opened: null, closed: null } as const;
    const checks = (part: Partial<Recording>) =>
      judgeFacts(login(), [recording(part)]).findings.filter(
        (finding) => finding.subject.type === 'recording',
      );
    assert.equal(checks(corrupt).length, 1);
    assert.equal(checks({}).length, 0);
  });
});

describe('who could have written it', () => {
  const owner = (uid: number, mode: number) =>
    judgeFacts(login(), [recording({ owner: { uid, mode } })]).findings.map((finding) => finding.check);

  it('reports a recording that the recorded account owns or everybody can write', () => {
    assert.deepEqual(owner(1001, 0o600), ['recording-owner-writable']);
    assert.deepEqual(owner(0, 0o666), ['recording-owner-writable']);
    assert.deepEqual(owner(0, 0o600), []);
    assert.deepEqual(owner(1002, 0o600), []);
  });
});
