import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEAST, problemsOf } from './support.ts';

test('ids are unique in their list, without regard to case', () => {
  const twice =
    'sources: [{id: web, paths: [a]}, {id: Web, paths: [b]}]\nrecorders: [{id: web, paths: [c]}]\n';
  assert.deepEqual(problemsOf(twice), ['1:39 the name `Web` is already taken']);
});

test('two targets cannot share a name or an address', () => {
  const targets =
    'targets: [{id: a, aliases: [a, x], addresses: [10.0.0.1]}, {id: b, aliases: [X], addresses: [10.0.0.1]}]';
  assert.deepEqual(problemsOf(`${LEAST}${targets}\n`), [
    '2:78 the name `X` is already taken',
    '2:94 the name `10.0.0.1` is already taken',
  ]);
});

test('what is referred to has to exist', () => {
  const text = `${LEAST}recorders: [{id: tlog, paths: [x]}]
tiers: {prod: {}}
targets: [{id: a, recorder: tlgo, tier: prd}, {id: b, recorder: tlog, tier: prod}]
principals: [{id: alice}]
break_glass: {principals: [alice, alicia]}
`;
  assert.deepEqual(problemsOf(text), [
    '4:29 there is no recorder `tlgo`; did you mean `tlog`?',
    '4:41 there is no tier `prd`; did you mean `prod`?',
    '6:35 there is no principal `alicia`; did you mean `alice`?',
  ]);
});

test('a login name belongs to one principal at a time', () => {
  const both = (first: string, second: string): string[] =>
    problemsOf(
      `${LEAST}principals:\n  - {id: a, aliases: [bob]${first}}\n  - {id: b, aliases: [bob]${second}}\n`,
    );
  assert.deepEqual(both('', ''), ['4:23 `bob` is already that of another principal at the same time']);
  assert.deepEqual(both(', valid_until: 2026-01-01T00:00:00Z', ', valid_from: 2026-01-01T00:00:00Z'), []);
  assert.deepEqual(
    both(', valid_until: 2026-01-01T00:00:01Z', ', valid_from: 2026-01-01T00:00:00Z').length,
    1,
  );
});

test('a principal may list a name of their own twice', () => {
  assert.deepEqual(problemsOf(`${LEAST}principals: [{id: a, aliases: [bob, bob]}]\n`), []);
});

test('references are checked although other parts are wrong', () => {
  assert.deepEqual(problemsOf('sources: 7\nroute: {receivers: [soc]}\nreceivers: [{id: sok, type: x}]\n'), [
    '1:10 `sources` must be a list',
    '2:21 there is no receiver `soc`; did you mean `sok`?',
    '3:29 `type` must be one of email, webhook, file',
  ]);
});
