import { type Envelope, parseEnvelope } from '../../envelope/envelope.ts';
import { isKnownProgram, programOf } from '../../messages/registry.ts';
import { headLines, shareOf } from '../head-lines.ts';
import { isBareSshd } from './bare.ts';

/**
 * Certain where most lines have the outer form of a system log and a program that tells of access wrote some;
 * likely where none did so far; doubtful for applications' own logs, which may look alike but name no program
 * or write times as no log daemon does. sshd's own file, whose lines cannot be timed, is taken too: it must be
 * seen to be rejected.
 */
export function recogniseSshd(head: Uint8Array): number {
  const lines = headLines(head);
  const envelopes = lines.map(readEnvelope).filter((envelope) => envelope !== null);
  if (envelopes.some((envelope) => envelope.fields !== undefined)) return 0;
  const tellsOfAccess = ACCESS.test(new TextDecoder().decode(head));
  if (envelopes.length * 2 > lines.length)
    return tellsOfAccess ? 0.95 : envelopes.some(isOfDaemon) ? 0.6 : 0.2;
  if (envelopes.some(isOfAccess)) return 0.55;
  return shareOf(lines, isBareSshd) > 0.5 ? 0.5 : 0;
}

// A tag in text (`sshd[12]:`, `sudo: `), in RFC 5424 (` sshd 12 `), or a value in JSON; or a PAM line.
const ACCESS =
  /[ /"](?:sshd|sshd-session|sudo|su|login|pkexec|doas|systemd-logind)(?:\[\d+\])?(?::|"| \d+ \S)|pam_unix\(/;

/** Only the form counts here: any zone and a reference far in the future will do. */
const ANY = { zone: 'UTC', reference: 4_102_444_800_000 };

function readEnvelope(line: string): Envelope | null {
  const result = parseEnvelope(line, ANY);
  return result.ok ? result.envelope : null;
}

function isOfAccess(envelope: Envelope): boolean {
  return isKnownProgram(programOf(envelope.ident ?? ''));
}

/** Log daemons name host and program, and write ISO times with their offset. */
function isOfDaemon(envelope: Envelope): boolean {
  const hasZone = envelope.assumed.length !== 1;
  return envelope.host !== null && envelope.ident !== null && hasZone;
}
