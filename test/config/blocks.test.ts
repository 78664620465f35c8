import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOf, LEAST, problemsOf } from './support.ts';

const KEY = 'SHA256:KUE9UhwsnHKCzbOnpz36X1hHV7Zi05Y8nvmuquGmB9A';

function recorder(fields: string): string {
  return `${LEAST}recorders: [{id: r, paths: [x], ${fields}}]\n`;
}

test('graces that differ from the recorder’s own are kept, the others left to it', () => {
  const [found] = configOf(recorder('grace: {start: 1m, store: 2h}')).recorders;
  assert.deepEqual(found?.grace, { start: 60_000, store: 7_200_000 });
});

test('file-name patterns hold known placeholders', () => {
  const [found] = configOf(recorder('names: ["{time}-{user}-{pid}"]')).recorders;
  assert.deepEqual(found?.names, ['{time}-{user}-{pid}']);
  for (const name of ['{tim}', 'plain', '{time}-{}']) {
    assert.match(
      problemsOf(recorder(`names: ["${name}"]`)).join(),
      /`names\[0\]` must hold placeholders/,
      name,
    );
  }
});

test('sidecars say which of their keys means what', () => {
  const fields = '{account: user, audit_session: sessionid}';
  const [found] = configOf(recorder(`sidecars: [{suffix: .meta.json, fields: ${fields}}]`)).recorders;
  assert.deepEqual(found?.sidecars, [
    { suffix: '.meta.json', fields: { account: 'user', auditSession: 'sessionid' } },
  ]);
  assert.match(
    problemsOf(recorder('sidecars: [{suffix: a/b, fields: {ip: x}}]')).join(),
    /`suffix` must be the end/,
  );
  assert.match(
    problemsOf(recorder('sidecars: [{suffix: .x, fields: {}}]')).join(),
    /must name at least one field/,
  );
  assert.match(
    problemsOf(recorder('sidecars: [{suffix: .x, fields: {auditSession: x}}]')).join(),
    /unknown key `auditSession`; did you mean `audit_session`\?/,
  );
});

test('targets and principals become the inventory', () => {
  const { inventory, tiers } = configOf(`${LEAST}recorders: [{id: tlog, paths: [x]}]
tiers: {prod: {evidence: E4, max_exception: 72h}, lab: {}}
targets:
  - {id: web01, aliases: [www], addresses: [10.0.0.1, "fd00::1"], tier: prod, owner: bob, recorder: tlog}
  - {id: acct, kind: cloud, evidence: E2}
principals:
  - {id: bob, aliases: [root@db01], keys: ["${KEY}"], certificates: ["bob@corp*"], valid_from: 2026-01-01T00:00:00Z}
`);
  assert.deepEqual(inventory.targets, [
    {
      id: 'web01',
      kind: 'host',
      aliases: ['www'],
      addresses: ['10.0.0.1', 'fd00::1'],
      tier: 'prod',
      owner: 'bob',
      recorder: 'tlog',
      evidence: null,
    },
    {
      id: 'acct',
      kind: 'cloud',
      aliases: [],
      addresses: [],
      tier: null,
      owner: null,
      recorder: null,
      evidence: 'E2',
    },
  ]);
  assert.deepEqual(inventory.principals, [
    {
      id: 'bob',
      kind: 'human',
      aliases: ['root@db01'],
      keys: [KEY],
      certificates: ['bob@corp*'],
      validFrom: Date.UTC(2026, 0, 1),
      validUntil: null,
    },
  ]);
  assert.deepEqual(tiers.get('prod'), { evidence: 'E4', maxExceptionMs: 72 * 3_600_000 });
  assert.deepEqual(tiers.get('lab'), { evidence: null, maxExceptionMs: null });
});

test('a mistyped fingerprint would never match, so it is refused', () => {
  const short = KEY.slice(0, -1);
  assert.match(
    problemsOf(`${LEAST}principals: [{id: a, keys: ["${short}"]}]\n`).join(),
    /must be a key fingerprint/,
  );
  assert.match(
    problemsOf(`${LEAST}break_glass: {credentials: ["${short}"]}\n`).join(),
    /must be a key fingerprint/,
  );
  const glass = configOf(`${LEAST}break_glass: {credentials: ["${KEY}", "root@corp emergency"]}\n`);
  assert.deepEqual(glass.breakGlass.credentials, [KEY, 'root@corp emergency']);
});

test('validity is a time with zone, and ends after it begins', () => {
  const principal = (dates: string): string => problemsOf(`${LEAST}principals: [{id: a, ${dates}}]\n`).join();
  assert.match(principal('valid_from: 2026-01-01'), /must be a time with zone/);
  assert.match(
    principal('valid_from: 2026-01-02T00:00:00Z, valid_until: 2026-01-02T00:00:00Z'),
    /`valid_until` must be after `valid_from`/,
  );
});

test('a certificate of everyone is no certificate', () => {
  assert.match(
    problemsOf(`${LEAST}principals: [{id: a, certificates: ["*"]}]\n`).join(),
    /would be everyone/,
  );
});
