import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeAccess } from '../../src/daemon/judge/describe.ts';
import { login } from '../support/build.ts';
import { judgeFacts } from '../support/judge.ts';

it('an alert says what was seen, where was searched, and who answers for the target', () => {
  const [access] = judgeFacts(login(), []).accesses;
  assert.ok(access);
  const recorder = {
    id: 'tlog',
    type: 'tlog',
    serves: 'hosts' as const,
    hosts: [],
    units: 1,
    recordings: 3,
    errors: [],
    blindHosts: [],
  };
  const sentences = describeAccess(access, [{ ...recorder, watermark: 0 }], 'bob');
  assert.match(sentences[0] ?? '', /^Seen: ssh alice on web01 from 10\.0\.0\.9 port 50000 with publickey /);
  assert.ok(sentences.includes('web01 is owned by bob.'));
  assert.ok(sentences.includes('Searched: tlog (3 recordings, read up to 1970-01-01T00:00:00.000Z).'));
  assert.ok(!describeAccess(access, [], null).some((one) => one.includes('owned by')));
});
