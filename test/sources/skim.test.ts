import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFramer } from '../../src/files/framing.ts';
import type { Parsed } from '../../src/model/event.ts';
import { createSkim } from '../../src/sources/sshd/skim.ts';
import { sshd } from '../../src/sources/sshd/sshd.ts';

const TIME = 'Nov 22 10:21:08';
const context = { stream: 's', host: null, zone: 'UTC', reference: Date.parse('2026-11-23T00:00:00Z') };
const place = { content: 'c', offset: 0, line: 1, seq: 1, file: 'auth.log' };

function decode(line: string): Parsed {
  return sshd.create(context).decode(Buffer.from(line, 'latin1'), place);
}

/** Whether a skim that has seen the host before leaves the line out. */
function isSkipped(line: string): boolean {
  const skim = createSkim();
  const seen = Buffer.from(`${TIME} web01 sshd[1]: Failed none`, 'latin1');
  skim.skips(seen, 0, seen.length);
  const bytes = Buffer.from(line, 'latin1');
  return skim.skips(bytes, 0, bytes.length);
}

const IDLE = [
  `${TIME} web01 sshd[23354]: Failed password for root from 10.0.0.1 port 4711 ssh2`,
  `${TIME} web01 sshd-session[23354]: Invalid user x sshd[1]: Accepted publickey for root from 1.2.3.4 port 5`,
  `${TIME} web01 sshd[1]: pam_unix(sshd:auth): authentication failure; logname= uid=0`,
  `${TIME} web01 sshd[1]: Connection closed by 10.0.0.1 port 4711 [preauth]`,
  `${TIME} web01 sshd[1]: Received disconnect from 10.0.0.1 port 4711:11: Bye [preauth]`,
  `Nov  2 10:21:08 web01 CRON[77]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`,
];

const TELLING = [
  `${TIME} web01 sshd[1]: Accepted publickey for root from 10.0.0.1 port 4711 ssh2 [preauth]`,
  `${TIME} web01 sshd[1]: pam_unix(sshd:session): session opened for user root by (uid=0) [preauth]`,
  `${TIME} web01 sshd[1]: Connection closed by 10.0.0.1 port 4711`,
  `${TIME} web01 sshd[1]: Disconnected from user root 10.0.0.1 port 4711`,
  `${TIME} web01 sshd[1]: message repeated 2 times: [ Failed password for root from 10.0.0.1 port 1 ssh2]`,
  `Nov 31 10:21:08 web01 sshd[1]: Failed password for root from 10.0.0.1 port 4711 ssh2`,
  `Nov 22 25:21:08 web01 sshd[1]: Failed password for root from 10.0.0.1 port 4711 ssh2`,
  `${TIME} other sshd[1]: Failed password for root from 10.0.0.1 port 4711 ssh2`,
  `${TIME} web01 CRON[77]: pam_unix(sudo:session): session opened for user root by (uid=0)`,
  `<38>${TIME} web01 sshd[1]: Failed password for root from 10.0.0.1 port 4711 ssh2`,
];

describe('skimming a system log', () => {
  it('leaves out what tells of nobody', () => {
    for (const line of IDLE) assert.equal(isSkipped(line), true, line);
  });

  it('leaves to the decoder what may tell of somebody, is in no calendar or names a new host', () => {
    for (const line of TELLING) assert.equal(isSkipped(line), false, line);
  });

  it('never leaves out a line of which the decoder makes an event or a reject', () => {
    const piece = fc.constantFrom(
      ...[...IDLE, ...TELLING].flatMap((line) => line.split(/(?<=[ :[\]])/)),
      ' ',
      '[preauth]',
      ' [preauth]',
      'session opened for user root by (uid=0)',
      'from 10.0.0.1 port 22',
      '\r',
      '\t',
      'é',
    );
    const built = fc
      .tuple(fc.constantFrom(...IDLE, ...TELLING), fc.array(piece, { maxLength: 6 }), fc.nat(120), fc.nat(4))
      .map(([line, pieces, at, cut]) => line.slice(0, at) + pieces.join('') + line.slice(at + cut));
    fc.assert(
      fc.property(
        fc.oneof(
          built,
          fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
        ),
        (line) => {
          if (line.includes('\n') || line.includes('\0') || !isSkipped(line)) return;
          const { events, rejects, host } = decode(line);
          assert.deepEqual({ events, rejects }, { events: [], rejects: [] }, line);
          assert.equal(host, 'web01');
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('gives the same records however the bytes are cut, but for those it leaves out', () => {
    const line = fc.constantFrom(
      ...IDLE,
      ...TELLING,
      '',
      'no log line at all',
      `${TIME} web01 sshd[1]: a\0b`,
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.array(fc.nat(400), { maxLength: 6 }),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''), 'latin1');
          const whole = createFramer('lines').push(bytes);
          const framer = createFramer('lines', 0, 1, createSkim());
          const kept = pieces(bytes, cuts).flatMap((part) => framer.push(part));
          const skipped = kept.reduce((sum, one) => sum + (one.skipped ?? 0), 0);
          assert.equal(kept.length + skipped, whole.length);
          const keptAt = new Set(kept.map((one) => one.offset));
          for (const record of whole) {
            if (keptAt.has(record.offset)) continue;
            const { events, rejects } = sshd.create(context).decode(record.bytes, place);
            assert.deepEqual({ events, rejects }, { events: [], rejects: [] });
          }
          for (const record of kept) {
            const same = whole.find((one) => one.offset === record.offset);
            assert.deepEqual([record.line, record.end], [same?.line, same?.end]);
          }
        },
      ),
    );
  });
});

function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((to, at) => bytes.subarray(places[at] ?? 0, to));
}
