import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionize } from '../../src/correlate/sessionize.ts';
import type { Access } from '../../src/model/access.ts';
import type { Event } from '../../src/model/event.ts';
import { sshd } from '../../src/sources/sshd/sshd.ts';
import { teleport } from '../../src/sources/teleport/teleport.ts';
import { vault } from '../../src/sources/vault/vault.ts';
import { decodeText } from '../sources/support.ts';
import * as hcv from '../support/vault.ts';

const KEY = 'SHA256:KUE9UhwsnHKCzbOnpz36X1hHV7Zi05Y8nvmuquGmB9A';

/** A login by certificate as sshd of web01 writes it. */
function login(
  more: { time?: string; serial?: string; keyId?: string; account?: string } = {},
): readonly Event[] {
  const { time = '2026-11-22T10:00:30.000+00:00', serial = '4711', keyId = 'alice', account = 'root' } = more;
  const id = `ED25519-CERT ${KEY} ID ${keyId} (serial ${serial}) CA ED25519 ${KEY}`;
  const text = [
    `${time} web01 sshd[100]: Accepted publickey for ${account} from 10.99.0.10 port 40000 ssh2: ${id}`,
    `${time} web01 sshd[100]: pam_unix(sshd:session): session opened for user ${account}(uid=0) by (uid=0)`,
    '',
  ].join('\n');
  return decodeText(sshd, text, { host: null }).events;
}

const accessesOf = (...events: readonly (readonly Event[])[]): readonly Access[] =>
  sessionize(events.flat(), new Map()).accesses;

describe('a login by a certificate that a vault signed', () => {
  /** 0x1267 is 4711. */
  const signed = decodeText(
    vault,
    hcv.lines([
      hcv.call('sign/ops', 'ssh', 'ssh-client-signer', {
        asked: { valid_principals: 'root', cert_type: 'user' },
        answered: { serial_number: '0000000000001267', signed_key: hcv.hashed('key') },
      }),
    ]),
    { host: null },
  ).events;

  it('is by whoever had it signed', () => {
    const [access, ...rest] = accessesOf(signed, login());
    assert.deepEqual(rest, []);
    assert.equal(access?.cloud?.provider, 'vault');
    assert.deepEqual(access.cloud.chain.slice(0, 1), ['oidc-alice@example.org']);
    assert.equal(access.path.startsWith('ssh'), true);
  });

  it('serves two logins', () => {
    const later = login({ time: '2026-11-22T11:00:00.000+00:00' });
    const providers = accessesOf(signed, login(), later.map(again)).map(({ cloud }) => cloud?.provider);
    assert.deepEqual(providers, ['vault', 'vault']);
  });

  it('names nobody where the serial differs, was not set, or came before it was signed', () => {
    for (const other of [
      login({ serial: '4712' }),
      login({ serial: '0' }),
      login({ time: '2026-11-22T09:00:00.000+00:00' }),
    ]) {
      assert.deepEqual(
        accessesOf(signed, other).map(({ cloud }) => cloud),
        [null],
      );
    }
  });
});

/** The same lines of another process: a second connection. */
function again(event: Event): Event {
  const origin = event.origin === null ? null : { ...event.origin, port: 40_001 };
  return { ...event, uid: `${event.uid}x`, origin, session: { ...event.session, pid: 200 } };
}

describe("a broker's session and the login that the target saw", () => {
  const sid = 'eb2a2415-22a4-5014-ac4f-ed6a5587cd3d';
  const session = decodeText(
    teleport,
    `${JSON.stringify({
      ei: 0,
      event: 'session.start',
      uid: '11111111-2222-5333-8444-555555555555',
      code: 'T2000I',
      time: '2026-11-22T10:00:30.500Z',
      cluster_name: 'teleport.example.org',
      user: 'alice',
      login: 'root',
      sid,
      server_hostname: 'web01',
      'addr.remote': '10.30.4.7:51044',
      session_recording: 'proxy',
      initial_command: null,
      size: '80:25',
    })}\n`,
    { host: null },
  ).events;

  it('are one access with two witnesses', () => {
    const [access, ...rest] = accessesOf(session, login());
    assert.deepEqual(rest, []);
    assert.equal(access?.session.cloudSession, sid);
    assert.equal(access.streams.length, 1);
    assert.equal(access.refs.length > 1, true);
    assert.equal(access.session.pid, 100);
  });

  it('are two where the certificate is of another user, the account another, or the time', () => {
    for (const other of [
      login({ keyId: 'bob' }),
      login({ account: 'deploy' }),
      login({ time: '2026-11-22T10:01:30.000+00:00' }),
    ]) {
      assert.equal(accessesOf(session, other).length, 2);
    }
  });

  it('takes one login alone: a second one at the same time went another way', () => {
    assert.equal(accessesOf(session, login(), login().map(again)).length, 2);
  });
});
