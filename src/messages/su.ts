import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT, ttyOf } from './message.ts';

interface Switch {
  readonly account: string;
  readonly actor: string;
  readonly terminal: string;
}

/**
 * su of util-linux, shadow and BSD. A switch by root without a terminal is how cron jobs and daemons drop their
 * privileges: that is no access.
 */
export function parseSu(message: Message): Meaning {
  const use = message.text.length <= PATTERN_LIMIT ? readSwitch(message.text) : null;
  if (use === null || (isRoot(use.actor) && ttyOf(use.terminal).tty === undefined)) return NOTHING;
  return means('access.open', message, {
    path: 'su',
    account: use.account,
    actor: use.actor === '' ? null : use.actor,
    session: ttyOf(use.terminal),
    detail: { service: 'su' },
  });
}

const UTIL_LINUX = /^\(to (\S.*)\) (\S.*|) on (\S{1,64})$/;
// shadow also writes `Successful su for root by alice`, in the same instant and without the terminal: read as well,
// it would make two accesses of one.
const SHADOW = /^\+ (\S{1,64}) (\S+):(\S+)$/;
const BSD = /^([^\s:]+) to ([^\s:]+) on (\/dev\/\S{1,64})$/;

function readSwitch(text: string): Switch | null {
  const utilLinux = UTIL_LINUX.exec(text);
  if (utilLinux !== null) return toSwitch(utilLinux[1], utilLinux[2], utilLinux[3]);
  const shadow = SHADOW.exec(text);
  if (shadow !== null) return toSwitch(shadow[3], shadow[2], shadow[1]);
  const bsd = BSD.exec(text);
  return bsd === null ? null : toSwitch(bsd[2], bsd[1], bsd[3]);
}

function toSwitch(account = '', actor = '', terminal = ''): Switch {
  return { account, actor, terminal };
}

function isRoot(actor: string): boolean {
  return actor === 'root' || actor === '';
}
