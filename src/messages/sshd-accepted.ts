import type { Credential } from '../model/event.ts';
import { type Meaning, type Message, means, PATTERN_LIMIT, unparsed } from './message.ts';
import { ADDRESS, toOrigin } from './origin.ts';
import { unescapeName } from './vis.ts';

// The account exists, so its name holds no ` from ADDRESS port N`; what follows `ssh2:` may hold anything that
// someone had certified. Hence the first place that fits counts, not the last.
const ACCEPTED = new RegExp(
  `^Accepted ([a-z0-9@.-]{1,64})(?:/\\S{1,64})? for (?:invalid user )?(\\S.*?) from (${ADDRESS}) port (\\d{1,5})(?: ssh[12])?(?:: (.*))?$`,
);

/** `Accepted METHOD[/SUB] for USER from IP port N ssh2[: EXTRA]`: a login. */
export function parseAccepted(message: Message): Meaning {
  const match = message.text.length <= PATTERN_LIMIT ? ACCEPTED.exec(message.text) : null;
  if (match === null) return unparsed('sshd accepted a login in unknown wording');
  return means('access.open', message, {
    path: 'ssh',
    account: unescapeName(match[2] ?? ''),
    origin: toOrigin(match[3], match[4]),
    credential: readCredential(match[1] ?? '', match[5] ?? ''),
  });
}

const FINGERPRINT = '(?:SHA256:[A-Za-z0-9+/=]{1,64}|MD5:[0-9a-f:]{1,64}|[0-9a-f]{2}(?::[0-9a-f]{2}){15})';
const KEY = new RegExp(`^([A-Z0-9@.a-z-]{1,64}) (${FINGERPRINT})(?:, |$)`);
// The key id is free text without quotes. It may itself look like what follows it, so the last place counts.
const CERTIFICATE = new RegExp(
  `^[A-Z0-9@.a-z-]{1,64}-CERT\\S* (?:(${FINGERPRINT}) )?ID (.*) \\(serial (\\d{1,20})\\) CA \\S{1,64} (${FINGERPRINT})(?:, |$)`,
);
// sshd cuts messages at 500 bytes: a long key id takes serial and CA with it.
const CUT_CERTIFICATE = new RegExp(`^[A-Z0-9@.a-z-]{1,64}-CERT\\S* (?:(${FINGERPRINT}) )?ID `);

function readCredential(method: string, extra: string): Credential {
  const certificate = CERTIFICATE.exec(extra);
  if (certificate !== null) {
    const [, id, keyId = '', serial = '', ca = ''] = certificate;
    return { type: 'certificate', id: id ?? null, keyId: unescapeName(keyId), serial, ca };
  }
  const cut = CUT_CERTIFICATE.exec(extra);
  if (cut !== null) return { type: 'certificate', id: cut[1] ?? null };
  return { type: method, id: KEY.exec(extra)?.[2] ?? null };
}
