import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT } from './message.ts';

const PREFIX = /^pam_unix\(([^:()]{1,64}):session\): /;

/**
 * `pam_unix(SERVICE:session): session opened for user X[(uid=N)] by [NAME](uid=M)` and its end. Only pam_unix:
 * several modules log in their own words, and one of them per login is enough. Services that run jobs or
 * greeters (cron, systemd-user, gdm-launch-environment, …) are no accesses and say nothing.
 */
export function parsePam(message: Message): Meaning {
  const prefix = PREFIX.exec(message.text);
  if (prefix === null || message.text.length > PATTERN_LIMIT) return NOTHING;
  return parseSession(
    message,
    serviceOf(message.program, prefix[1] ?? ''),
    message.text.slice(prefix[0].length),
  );
}

/** Releases before 2006 put the module into the tag: `su(pam_unix)[14592]: session opened for user news by (uid=0)`. */
export function parsePamWithModuleInTag(message: Message): Meaning {
  const program = message.program.replace('(pam_unix)', '');
  if (message.text.length > PATTERN_LIMIT) return NOTHING;
  return parseSession({ ...message, program }, serviceOf(program, program), message.text);
}

// `by NAME(uid=M)` stands last, NAME is empty for daemons and `LOGIN` on a console; `(uid=N)` behind the account came in 2019.
const OPENED = /^session opened for user (\S.*?)(?:\(uid=(\d{1,10})\))? by ([^()]*)\(uid=(\d{1,10})\)$/;
const CLOSED = /^session closed for user (\S.*?)(?:\(uid=\d{1,10}\))?$/;

function parseSession(message: Message, service: string | null, text: string): Meaning {
  if (service === null) return NOTHING;
  const closed = CLOSED.exec(text);
  if (closed !== null)
    return means('session.close', message, { account: closed[1] ?? null, detail: { service } });
  const opened = OPENED.exec(text);
  if (opened === null) return NOTHING;
  const [, account = null, accountUid, by, byUid] = opened;
  return means('session.open', message, {
    account,
    detail: {
      service,
      ...(accountUid === undefined ? {} : { accountUid: Number(accountUid) }),
      ...(by === undefined || by === '' || service === 'login' ? {} : { by }),
      byUid: Number(byUid),
    },
  });
}

const SERVICES: ReadonlySet<string> = new Set([
  'sshd',
  'sudo',
  'sudo-i',
  'su',
  'su-l',
  'login',
  'polkit-1',
  'doas',
]);

/** The program counts where the service was given another name (`PAMServiceName`, `pam_service`). */
function serviceOf(program: string, service: string): string | null {
  if (SERVICES.has(service)) return service;
  return OWN_SERVICE.get(program) ?? null;
}

const OWN_SERVICE: ReadonlyMap<string, string> = new Map([
  ['sshd', 'sshd'],
  ['sudo', 'sudo'],
  ['su', 'su'],
  ['doas', 'doas'],
  ['pkexec', 'polkit-1'],
  ['login', 'login'],
]);
