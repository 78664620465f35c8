import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sshd } from '../../src/sources/sshd/sshd.ts';
import { CONTEXT } from './support.ts';

const LINES = 500_000;

/** A scan with names that imitate logins, in every message sshd has for it. */
function line(index: number): string {
  const name = index % 3 === 0 ? 'root from 10.0.0.9 port 22 ssh2' : `user${index % 1000}`;
  const from = `from 203.0.113.${index % 256} port ${1024 + (index % 60_000)}`;
  const texts = [
    `Failed password for invalid user ${name} ${from} ssh2`,
    `Invalid user ${name} ${from}`,
    `Failed password for root ${from} ssh2`,
    `Disconnected from invalid user ${name} ${from.replace('from ', '')} [preauth]`,
    `Received disconnect ${from}:11: Bye Bye [preauth]`,
    `Connection closed by authenticating user root ${from.replace('from ', '')} [preauth]`,
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7 user=root`,
  ];
  return `Nov 22 10:22:53 web01 sshd[${1000 + (index % 30_000)}]: ${texts[index % texts.length]}`;
}

test('half a million lines of brute force are no access, and none is rejected', () => {
  const decoder = sshd.create(CONTEXT);
  let events = 0;
  let rejects = 0;
  for (let index = 0; index < LINES; index++) {
    const parsed = decoder.decode(Buffer.from(line(index)), {
      content: 'c',
      offset: index,
      line: index + 1,
      seq: index,
      file: 'f',
    });
    events += parsed.events.length;
    rejects += parsed.rejects.length;
  }
  assert.deepEqual([events, rejects], [0, 0]);
});

test('the one login among them is seen', () => {
  const decoder = sshd.create(CONTEXT);
  const login = 'Nov 22 10:22:53 web01 sshd[999]: Accepted password for root from 203.0.113.7 port 4711 ssh2';
  const texts = [...Array.from({ length: 100 }, (_, index) => line(index)), login];
  const kinds = texts.flatMap(
    (text, index) =>
      decoder.decode(Buffer.from(text), {
        content: 'c',
        offset: index,
        line: index + 1,
        seq: index,
        file: 'f',
      }).events,
  );
  assert.deepEqual(
    kinds.map((event) => event.session.pid),
    [999],
  );
});
