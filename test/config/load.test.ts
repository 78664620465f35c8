import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORMATS } from '../../src/sources/registry.ts';
import { configOf, LEAST, problemsOf } from './support.ts';

const FIVE_LINES = `sources:
  - id: web
    paths: [/var/log/auth.log, logs/*.log]
recorders:
  - {id: tlog, paths: [rec]}
`;

test('five lines are a configuration, with every default', () => {
  assert.deepEqual(configOf(FIVE_LINES), {
    folder: '/etc/offrecord',
    store: { path: '/etc/offrecord/var/offrecord.db', retentionMs: 400 * 86_400_000 },
    schedule: '*/30 * * * * *',
    timezone: 'Europe/Berlin',
    aws: [],
    receive: [],
    hosts: [],
    ssh: { concurrency: 16, everyMs: 60_000, timeoutMs: 30_000, pullMs: 120_000 },
    sources: [
      {
        id: 'web',
        type: 'auto',
        paths: ['/var/log/auth.log', '/etc/offrecord/logs/*.log'],
        host: null,
        zone: null,
        silentAfterMs: null,
      },
    ],
    recorders: [
      {
        id: 'tlog',
        type: 'auto',
        paths: ['/etc/offrecord/rec'],
        host: null,
        zone: null,
        grace: {},
        names: [],
        sidecars: [],
      },
    ],
    inventory: { targets: [], principals: [] },
    tiers: new Map(),
    judging: { clockToleranceMs: 5000, maxWaitMs: 86_400_000 },
    rules: { paths: [] },
    exceptions: {
      path: '/etc/offrecord/exceptions',
      approvers: [],
      maxDurationMs: 30 * 86_400_000,
      expiringBeforeMs: 7 * 86_400_000,
    },
    breakGlass: { principals: [], accounts: [], credentials: [] },
    receivers: [],
    route: {
      receivers: [],
      groupBy: ['target', 'check'],
      groupWaitMs: 30_000,
      repeatIntervalMs: 4 * 3_600_000,
      minLevel: 'low',
    },
    log: { level: 'info' },
  });
});

test('an unknown key is told at its place, with the key that was meant', () => {
  assert.deepEqual(problemsOf(`${LEAST}shedule: "* * * * *"\n`), [
    '2:1 unknown key `shedule`; did you mean `schedule`?',
  ]);
  assert.deepEqual(problemsOf('sources:\n  - id: web\n    paths: [a]\n    zonee: UTC\n'), [
    '4:5 unknown key `zonee`; did you mean `zone`?',
  ]);
  assert.deepEqual(problemsOf(`${LEAST}wholly_other: 1\n`), ['2:1 unknown key `wholly_other`']);
});

test('keys of one kind of receiver are not proposed for another', () => {
  const file = `${LEAST}receivers:\n  - {id: f, type: file, path: x, secrt: 1}\n`;
  assert.deepEqual(problemsOf(file), ['3:34 unknown key `secrt`']);
});

test('all problems come at once, in the order of the file', () => {
  const problems = problemsOf(`store: {retention: long}
schedule: "61 * * * *"
timezone: Mars/Base
windw: 3
sources:
  - {id: web, type: sshdd, paths: []}
  - 7
route: {receivers: [soc], min_level: hih}
targets: [{id: web01, tier: prod}]
`);
  assert.deepEqual(problems, [
    '1:20 `retention` must be a duration such as 30s, 5m, 2h or 400d',
    '2:11 `schedule` must be a cron pattern of five fields, or six with seconds in front, such as "*/30 * * * * *"',
    '3:11 `timezone` must be a time zone such as Europe/Berlin or UTC',
    '4:1 unknown key `windw`',
    `6:21 \`type\` must be one of auto, ${FORMATS.map(({ type }) => type).join(', ')}; did you mean \`sshd\`?`,
    '6:35 `paths` must list at least 1',
    '7:5 `sources[1]` must be a mapping of keys to values',
    '8:21 there is no receiver `soc`',
    '8:38 `min_level` must be one of informational, low, medium, high, critical; did you mean `high`?',
    '9:29 there is no tier `prod`',
  ]);
});

test('a missing key is told where the mapping begins', () => {
  assert.deepEqual(problemsOf('sources:\n  - paths: [a]\n'), ['2:5 `id` is missing']);
  assert.deepEqual(problemsOf('log: {level: debug}\n'), [
    '1:1 there must be a witness: an entry of `sources`, `aws`, `hosts` or `receive`',
  ]);
});

test('values of the wrong kind are told what is expected', () => {
  assert.deepEqual(problemsOf('sources: web\n'), ['1:10 `sources` must be a list']);
  assert.deepEqual(problemsOf('sources: [{id: 7, paths: [a], silent_after: 5}]\n'), [
    '1:16 `id` must be text (in quotes where it looks like a number)',
    '1:45 `silent_after` must be a duration such as 30s, 5m, 2h or 400d',
  ]);
});

test('a file that is no mapping says so', () => {
  assert.deepEqual(problemsOf(''), ['1:1 the file is empty; it needs at least `sources`']);
  assert.deepEqual(problemsOf('# nothing\n'), ['1:1 the file is empty; it needs at least `sources`']);
  for (const text of ['- a\n', 'hello\n', '7\n']) {
    assert.match(problemsOf(text).join(), /the file must be a mapping of keys to values/);
  }
});

test('faults of the YAML come together with those of the configuration', () => {
  assert.deepEqual(problemsOf(`${LEAST}log: !x {level: loud}\nlog: {}\n`), [
    '2:6 this tag is unknown; tags are not used here',
    '2:17 `level` must be one of fatal, error, warn, info, debug, trace',
    '3:1 the key `log` is written twice',
  ]);
});

test('more problems than anyone mends at once are counted', () => {
  const problems = problemsOf(`sources:\n${'  - 7\n'.repeat(150)}`);
  assert.equal(problems.length, 100);
  const twice = problemsOf(`sources:\n${'  - {id: a, paths: [b]}\n'.repeat(150)}`);
  assert.equal(twice.length, 101);
  assert.equal(twice.at(-1), '103:10 and 49 more problems');
});

test('cron patterns have five fields, or six with seconds', () => {
  assert.equal(configOf(`${LEAST}schedule: "*/5 * * * *"\n`).schedule, '*/5 * * * *');
  assert.match(problemsOf(`${LEAST}schedule: every minute\n`).join(), /must be a cron pattern/);
});

test('paths start at the folder of the configuration', () => {
  const config = configOf(`${LEAST}store: {path: ../data/x.db}\nrules: {paths: [own, /opt/rules]}\n`);
  assert.equal(config.store.path, '/etc/data/x.db');
  assert.deepEqual(config.rules.paths, ['/etc/offrecord/own', '/opt/rules']);
});
