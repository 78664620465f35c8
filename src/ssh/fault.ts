/** What went wrong between here and a host. */
export type SshProblemCode =
  | 'unreachable'
  | 'timeout'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'known-hosts'
  | 'key-unusable'
  | 'no-common-algorithm'
  | 'denied'
  | 'lost'
  | 'refused'
  | 'not-found'
  | 'forbidden'
  | 'changed'
  | 'protocol';

/** Texts are fixed: nothing that a host says reaches a log or a finding by way of an error. */
const MESSAGES: Readonly<Record<SshProblemCode, string>> = {
  unreachable: 'the host cannot be reached',
  timeout: 'the host does not answer in time',
  'host-key-unknown': 'no key of this host is pinned; nothing is ever learnt from the network',
  'host-key-changed':
    'the host shows another key than the pinned one: it may have been replaced by another machine',
  'host-key-revoked': 'the host shows a key that was revoked',
  'known-hosts': 'the file of pinned host keys cannot be read',
  'key-unusable': 'the own key cannot be used',
  'no-common-algorithm': 'the host and offrecord have no key exchange, cipher or host key type in common',
  denied: 'the host does not accept the user with this key',
  lost: 'the connection was lost',
  refused: 'the host refuses what is asked of it',
  'not-found': 'there is no such file on the host',
  forbidden: 'reading is not permitted on the host',
  changed: 'the file was replaced or truncated while it was being read',
  protocol: 'the host does not answer as offrecord-pull does',
};

/** The system's code for the like fault of a file: who reads bytes need not know that they come over ssh. */
const CODES: Readonly<Record<SshProblemCode, string>> = {
  unreachable: 'ETIMEDOUT',
  timeout: 'ETIMEDOUT',
  'host-key-unknown': 'EACCES',
  'host-key-changed': 'EACCES',
  'host-key-revoked': 'EACCES',
  'known-hosts': 'EIO',
  'key-unusable': 'EACCES',
  'no-common-algorithm': 'EPROTO',
  denied: 'EACCES',
  lost: 'ECONNRESET',
  refused: 'EPROTO',
  'not-found': 'ENOENT',
  forbidden: 'EACCES',
  changed: 'ESTALE',
  protocol: 'EPROTO',
};

/** A fault of a connection or of what was asked over it. Its message is safe to show and begins with the code. */
export class SshFault extends Error {
  override readonly name = 'SshFault';
  readonly problem: SshProblemCode;
  readonly code: string;

  constructor(problem: SshProblemCode, detail = '', cause?: unknown) {
    super(`${problem}: ${MESSAGES[problem]}${detail === '' ? '' : ` (${detail})`}`, { cause });
    this.problem = problem;
    this.code = CODES[problem];
  }
}

/** The fault behind any error of a connection, of its socket or of SFTP. */
export function toSshFault(error: unknown): SshFault {
  if (error instanceof SshFault) return error;
  const { level, code } = fieldsOf(error);
  if (level === 'client-authentication') return new SshFault('denied', '', error);
  if (level === 'agent') return new SshFault('key-unusable', 'the agent cannot sign with it', error);
  if (level === 'client-timeout') return new SshFault('timeout', '', error);
  if (level === 'client-dns') return new SshFault('unreachable', 'its name does not resolve', error);
  if (level === 'handshake') return new SshFault('no-common-algorithm', '', error);
  if (typeof code === 'number') return new SshFault(STATUS[code] ?? 'refused', '', error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new SshFault('unreachable', 'its name does not resolve', error);
  if (typeof code === 'string' && /^E[A-Z0-9]{2,20}$/.test(code))
    return new SshFault(code === 'ECONNRESET' || code === 'EPIPE' ? 'lost' : 'unreachable', code, error);
  return new SshFault('lost', '', error);
}

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, 7). */
const STATUS: Readonly<Record<number, SshProblemCode>> = {
  2: 'not-found',
  3: 'forbidden',
  6: 'lost',
  7: 'lost',
  8: 'refused',
};

function fieldsOf(error: unknown): { readonly level: unknown; readonly code: unknown } {
  if (typeof error !== 'object' || error === null) return { level: undefined, code: undefined };
  return {
    level: 'level' in error ? error.level : undefined,
    code: 'code' in error ? error.code : undefined,
  };
}
