import type { Envelope } from '../../envelope/envelope.ts';
import { programOf } from '../../messages/registry.ts';

/**
 * Anyone may log under any name (`logger -t sshd 'pam_unix(sshd:session): session closed for user root'`), and a
 * forged end would shorten an access. The journal keeps the kernel's word on the writer: a process of an ordinary
 * user under another name did not write it. root may write what it likes, and where the name is missing (the
 * process was gone before the journal looked) nothing speaks against the record.
 */
export function isForged(envelope: Envelope): boolean {
  const { uid, comm, ident } = envelope;
  if (uid === undefined || uid === 0 || comm === undefined || ident === null) return false;
  return !namesOf(programOf(ident)).some((name) => name.slice(0, COMM_LENGTH) === programOf(comm));
}

/** The kernel keeps 15 characters of a process name. */
const COMM_LENGTH = 15;

/** sshd runs its file server in its own process; PAM writes from whichever process called it. */
function namesOf(program: string): readonly string[] {
  if (program === 'internal-sftp' || program === 'sftp-server') return [program, 'sshd'];
  return program === 'sudo' ? ['sudo', 'sudoedit', 'sudo-rs'] : [program];
}
