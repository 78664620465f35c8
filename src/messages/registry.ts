import { parseDoas } from './doas.ts';
import { parseJournalNotice } from './journal-notices.ts';
import { parseLogin } from './login.ts';
import { parseLogind } from './logind.ts';
import { parseMachinectl } from './machinectl.ts';
import { type Draft, type Meaning, type Message, NOTHING } from './message.ts';
import { parsePam, parsePamWithModuleInTag } from './pam.ts';
import { parsePkexec } from './pkexec.ts';
import { parseRsyslog } from './rsyslog.ts';
import { parseRun0 } from './run0.ts';
import { parseSftp } from './sftp.ts';
import { parseSshd } from './sshd.ts';
import { parseSu } from './su.ts';
import { parseSudo } from './sudo.ts';
import { parseSystemd } from './systemd.ts';

/**
 * Reads what a program wrote. Total: any text, no throw. PAM lines come first, because PAM writes in the name of
 * whichever program called it; programs that are not listed say nothing about access.
 */
export function parseMessage(message: Message): Meaning {
  const repeated = REPEATED.exec(message.text);
  if (repeated !== null)
    return repeat(parseOne({ ...message, text: repeated[2] ?? '' }), Number(repeated[1]));
  return parseOne(message);
}

const PARSERS: ReadonlyMap<string, (message: Message) => Meaning> = new Map([
  ['sshd', parseSshd],
  ['internal-sftp', parseSftp],
  ['sftp-server', parseSftp],
  ['sudo', parseSudo],
  ['su', parseSu],
  ['pkexec', parsePkexec],
  ['doas', parseDoas],
  ['login', parseLogin],
  ['systemd-logind', parseLogind],
  ['systemd', parseSystemd],
  ['systemd-timedated', parseSystemd],
  ['systemd-journald', parseJournalNotice],
  ['systemd-journal', parseJournalNotice],
  ['rsyslogd', parseRsyslog],
]);

function parseOne(message: Message): Meaning {
  if (message.text.startsWith('pam_'))
    return parseRun0(message) ?? parseMachinectl(message) ?? parsePam(message);
  if (message.program.endsWith('(pam_unix)')) return parsePamWithModuleInTag(message);
  return PARSERS.get(message.program)?.(message) ?? NOTHING;
}

/** True where messages of the program can say something about access. */
export function isKnownProgram(program: string): boolean {
  return PARSERS.has(program);
}

const SSHD: ReadonlySet<string> = new Set(['sshd-session', 'sshd-auth']);

/**
 * Program behind an identifier. OpenSSH 9.8 split sshd into several binaries that log under their own names;
 * rsyslog writes some messages as `rsyslogd-2177`.
 */
export function programOf(ident: string): string {
  if (SSHD.has(ident)) return 'sshd';
  return ident.startsWith('rsyslogd-') ? 'rsyslogd' : ident;
}

// rsyslog's reduction of equal lines. Two equal sudo lines (they often carry no pid) are two uses.
const REPEATED = /^message repeated (\d{1,6}) times?: \[ ?(.*)\]$/;
// A user can make sudo log the same line thousands of times a second; a thousand of them tell as much.
const REPEATS_KEPT = 1000;

function repeat(meaning: Meaning, times: number): Meaning {
  const more = Math.min(times, REPEATS_KEPT) - 1;
  const opened = meaning.drafts.filter((one) => one.kind === 'access.open');
  if (more < 1 || opened.length === 0) return meaning;
  return {
    ...meaning,
    drafts: [...meaning.drafts, ...Array.from({ length: more }, () => opened).flat()] satisfies Draft[],
  };
}
