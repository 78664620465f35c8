import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../src/messages/registry.ts';
import { event } from './support.ts';

const journal = (program: string, messageId: string, fields: Record<string, string>, text = '') =>
  parseMessage({ program, pid: 1, text, messageId, field: (name) => fields[name] ?? null }).drafts[0];

test('logind ties the leading process to the session', () => {
  const opened = journal('systemd-logind', '8d45620c1a4348dbb17410da57c60c66', {
    SESSION_ID: '5',
    USER_ID: 'alice',
    LEADER: '4711',
  });
  assert.deepEqual(
    [opened?.kind, opened?.account, opened?.session],
    ['session.link', 'alice', { pid: 4711, logindSession: '5' }],
  );
  const closed = journal('systemd-logind', '3354939424b4456d9802ca8333ed424a', { SESSION_ID: '5' });
  assert.deepEqual(
    [closed?.kind, closed?.session, closed?.detail],
    ['session.close', { logindSession: '5' }, { service: 'logind' }],
  );
});

test('logind in text, old and new wording', () => {
  for (const text of [
    'New session 5 of user alice.',
    "New session '5' of user 'alice' with class 'user' and type 'tty'.",
  ]) {
    const opened = event('systemd-logind', text);
    assert.deepEqual([opened?.account, opened?.session], ['alice', { logindSession: '5' }], text);
  }
  assert.deepEqual(event('systemd-logind', 'Removed session c2.')?.session, { logindSession: 'c2' });
  assert.equal(event('systemd-logind', 'Session 5 logged out. Waiting for processes to exit.'), null);
});

const GAPS: readonly [string, string, number | undefined][] = [
  ['systemd-journald', 'Suppressed 917 messages from session-5.scope', 917],
  ['systemd-journal', 'Missed 1427 kernel messages', 1427],
  ['rsyslogd-2177', 'imuxsock lost 56 messages from pid 2896 due to rate-limiting', 56],
  ['rsyslogd', 'imjournal: 236 messages lost due to rate-limiting', 236],
  ['rsyslogd', 'imuxsock[pid 22830]: begin to drop messages due to rate-limiting', undefined],
  [
    'rsyslogd',
    'imuxsock from <lima:chatty>: begin to drop messages due to rate-limiting (200 allowed within 5 seconds)',
    undefined,
  ],
];

for (const [ident, text, lost] of GAPS) {
  test(`messages lost: ${text.slice(0, 60)}`, () => {
    const gap = event(ident, text);
    assert.equal(gap?.kind, 'source.gap');
    assert.deepEqual(gap?.detail, { control: 'messages-lost', ...(lost === undefined ? {} : { lost }) });
  });
}

test('messages lost, by message id and field', () => {
  const gap = journal(
    'systemd-journald',
    'a596d6fe7bfa4994828e72309e95d61e',
    { N_DROPPED: '12' },
    'another wording',
  );
  assert.deepEqual(gap?.detail, { control: 'messages-lost', lost: 12 });
  assert.equal(event('systemd-journald', 'Journal started'), null);
  assert.equal(event('sshd', 'Suppressed 917 messages from x'), null);
});

test('clock and zone changes', () => {
  assert.deepEqual(event('systemd', 'Time has been changed')?.detail, { control: 'clock-changed' });
  assert.deepEqual(journal('systemd', 'c7a787079b354eaaa9e77b371893cd27', {})?.detail, {
    control: 'clock-changed',
  });
  assert.deepEqual(journal('systemd-timedated', '45f82f4aef7a4bbf942ce861d1f20990', {})?.detail, {
    control: 'zone-changed',
  });
  assert.equal(event('systemd', 'Started Session 5 of user alice.'), null);
});
