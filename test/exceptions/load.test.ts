import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadExceptions } from '../../src/exceptions/load.ts';
import { assertAccepted, assertRefused, list, outcomeOf, policy, record } from './support.ts';

test('a file holds one record or a list', () => {
  assertAccepted(outcomeOf(record()), 'EXC-1');
  assertAccepted(outcomeOf(list(record(), record({ id: 'EXC-2' }))), 'EXC-1', 'EXC-2');
  assertAccepted(outcomeOf('[]\n'));
});

test('a record says everything that its file says', () => {
  const text = readFileSync(new URL('../fixtures/exceptions/EXC-2026-014.yaml', import.meta.url), 'utf8');
  const { exceptions, problems } = loadExceptions([{ file: 'exceptions/inc-77.yaml', text }], policy());
  assert.deepEqual(problems, []);
  assert.deepEqual(exceptions, [
    {
      id: 'EXC-2026-014',
      kind: 'break-glass',
      title: 'emergency root on web01 for incident INC-77',
      scope: {
        targets: ['web01'],
        accounts: ['root'],
        principals: [],
        credentials: ['SHA256:KUE9UhwsnHKCzbOnpz36X1hHV7Zi05Y8nvmuquGmB9A'],
        origins: ['10.99.0.10/32'],
        paths: [],
        checks: [],
      },
      reason: 'incident INC-77',
      risk: { rating: 'high', statement: 'root actions in this window are not replayable' },
      compensatingControls: ['kernel audit of execve on web01'],
      owner: 'labbob',
      approvedBy: 'ciso',
      approvedAt: Date.UTC(2026, 10, 22, 10, 20),
      ticket: 'INC-77',
      startsAt: Date.UTC(2026, 10, 22, 10, 21),
      expiresAt: Date.UTC(2026, 10, 22, 13, 21),
      review: { by: 'ciso', dueAt: Date.UTC(2026, 10, 25), doneAt: null },
      extends: null,
      place: 'exceptions/inc-77.yaml:1:1',
    },
  ]);
});

test('every key that is not optional is needed', () => {
  const needed = ['id', 'kind', 'title', 'scope', 'reason', 'risk', 'owner', 'approved_by', 'approved_at'];
  for (const key of [...needed, 'starts_at', 'expires_at']) {
    const problem = new RegExp(`^exception-invalid a\\.yaml:1:1 \`${key}\` is missing$`);
    assertRefused(outcomeOf(record({ [key]: undefined })), problem);
  }
});

test('keys are strict, and the one that was meant is told', () => {
  assertRefused(
    outcomeOf(record({ expires: '2026-11-22T13:21:00Z' })),
    /^exception-invalid a\.yaml:12:1 unknown key `expires`$/,
  );
  assertRefused(
    outcomeOf(record({ scope: { targets: ['web01'], acounts: ['root'] } })),
    /^exception-invalid a\.yaml:4:29 unknown key `acounts`; did you mean `accounts`\?$/,
  );
});

test('times need a zone', () => {
  for (const time of ['2026-11-22T10:21:00', '2026-11-22', 1_795_342_860]) {
    assertRefused(
      outcomeOf(record({ starts_at: time })),
      /a\.yaml:10:12 `starts_at` must be a time with zone/,
    );
  }
  assertAccepted(outcomeOf(record({ starts_at: '2026-11-22T11:21:00+01:00' })), 'EXC-1');
});

test('a day that is not in the calendar is no time', () => {
  assertRefused(
    outcomeOf(record({ starts_at: '2026-02-30T00:00:00Z' })),
    /`starts_at` must be a time with zone/,
  );
});

test('an exception ends after it begins', () => {
  const end = { expires_at: '2026-11-22T10:21:00Z' };
  assertRefused(outcomeOf(record(end)), /a\.yaml:11:13 `expires_at` must be after `starts_at`$/);
  assertAccepted(outcomeOf(record({ expires_at: '2026-11-22T10:21:01Z' })), 'EXC-1');
});

test('a broken record leaves the good ones beside it', () => {
  const { ids, problems } = outcomeOf(
    list(record(), record({ id: 'EXC-2', kind: 'forever' }), record({ id: 'EXC-3' })),
  );
  assert.deepEqual(ids, ['EXC-1', 'EXC-3']);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^exception-invalid a\.yaml:13:9 `kind` must be one of break-glass/);
});

test('a broken record is named by the id that it gives itself', () => {
  const { problems } = loadExceptions([{ file: 'a.yaml', text: record({ owner: 7 }) }], policy());
  assert.deepEqual(
    problems.map(({ id }) => id),
    ['EXC-1'],
  );
});

test('a key written twice breaks its own record only', () => {
  const twice = `${record()}owner: labcarol\n`;
  const { ids, problems } = outcomeOf(list(twice, record({ id: 'EXC-2' })));
  assert.deepEqual(ids, ['EXC-2']);
  assert.deepEqual(problems, ['exception-invalid a.yaml:12:3 the key `owner` is written twice']);
});

test('but with aliases in the file a fault may be part of any record', () => {
  const shared = list(record({ scope: undefined }), record({ id: 'EXC-2', scope: undefined }))
    .replace('- id', '- scope: &s {targets: [web01], targets: [db01]}\n  id')
    .replace('- id: "EXC-2"', '- scope: *s\n  id: "EXC-2"');
  assertRefused(outcomeOf(shared), /a\.yaml:1:32 the key `targets` is written twice$/);
});

test('a file that cannot be read as YAML silences nothing', () => {
  assertRefused(outcomeOf(`${record()}owner\n`), /^exception-invalid a\.yaml:12:1 a `:`/);
  assertRefused(outcomeOf(`${record()}---\n${record()}`), /more than one document/);
});

test('a file without a record is a problem: it may have been cut', () => {
  assertRefused(outcomeOf(''), /^exception-invalid a\.yaml:1:1 the file holds no exception$/);
  assertRefused(outcomeOf('hello\n'), /the file must hold an exception or a list of them/);
  assertRefused(outcomeOf('[7]\n'), /entry \[0\] must be a mapping/);
});

test('of two records with one id the later is left out, wherever it stands', () => {
  const { ids, problems } = outcomeOf([record(), record()]);
  assert.deepEqual(ids, ['EXC-1']);
  assert.deepEqual(problems, ['exception-invalid b.yaml:1:5 the id `EXC-1` is already that of a.yaml:1:1']);
  const files = [
    { file: 'b.yaml', text: record({ title: 'later' }) },
    { file: 'a.yaml', text: record({ title: 'earlier' }) },
  ];
  const { exceptions } = loadExceptions(files, policy());
  assert.deepEqual(
    exceptions.map(({ title }) => title),
    ['earlier'],
    'the order in which files are handed over does not matter',
  );
});

test('a broken record takes no id from a good one', () => {
  const { ids, problems } = outcomeOf([record({ kind: 'x' }), record()]);
  assert.deepEqual(ids, ['EXC-1']);
  assert.equal(problems.length, 1);
});

test('what extends another names one that exists, and has an approval of its own', () => {
  const next = { id: 'EXC-2', extends: 'EXC-1', approved_at: '2026-11-22T10:20:01Z' };
  assertAccepted(outcomeOf([record(), record(next)]), 'EXC-1', 'EXC-2');
  assertAccepted(outcomeOf([record(next), record()]), 'EXC-2', 'EXC-1');
  assertRefused(outcomeOf(record(next)), /a\.yaml:12:10 there is no exception `EXC-1`$/);
  const copied = outcomeOf([record(), record({ ...next, approved_at: '2026-11-22T10:20:00Z' })]);
  assert.deepEqual(copied.ids, ['EXC-1']);
  assert.match(copied.problems.join(), /b\.yaml:9:14 `approved_at` must be after that of `EXC-1`/);
  assertRefused(outcomeOf(record({ extends: 'EXC-1' })), /`extends` must name another record/);
});

test('any text gives records and problems, and only one that is well-formed gives a record', () => {
  const good = list(record(), record({ id: 'EXC-2' }));
  const change = fc.tuple(
    fc.nat(good.length),
    fc.nat(40),
    fc.constantFrom('', '\n', '[', ': ', '- ', '*a', '!x ', '~', '"'),
  );
  fc.assert(
    fc.property(change, ([at, length, put]) => {
      const { exceptions, problems } = loadExceptions(
        [{ file: 'a.yaml', text: good.slice(0, at) + put + good.slice(at + length) }],
        policy(),
      );
      for (const { expiresAt, startsAt, scope } of exceptions) {
        assert.ok(startsAt < expiresAt && scope.targets.length > 0);
      }
      for (const { place } of problems) assert.match(place, /^a\.yaml:[1-9]\d*:[1-9]\d*$/);
    }),
    { numRuns: 60 },
  );
  const anything = fc.array(fc.nat(0xffff), { maxLength: 80 }).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(anything, (text) => {
      const { exceptions, problems } = loadExceptions([{ file: 'a.yaml', text }], policy());
      assert.deepEqual(exceptions, []);
      assert.ok(problems.length > 0);
    }),
    { numRuns: 100 },
  );
});
