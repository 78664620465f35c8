import { type Meaning, type Message, means, NOTHING, ttyOf, unparsed } from './message.ts';
import { isQuestion, parseSudoJson } from './sudo-json.ts';

/**
 * sudo (and sudo-rs): `USER : KEY=value ; … ; COMMAND=path args`, or JSON where it is configured so. Denials and
 * alerts put their reason before the first key. Whether it recorded is claimed by TSID.
 */
export function parseSudo(message: Message): Meaning {
  const { text } = message;
  if (text.startsWith('@cee:')) return parseSudoJson(message, text.slice('@cee:'.length));
  if (text.startsWith('{')) return parseSudoJson(message, text);
  const separator = text.indexOf(' : ');
  if (separator < 1) return NOTHING;
  const body = text.slice(separator + 3);
  return FIELD.test(body) ? parseFields(message, text.slice(0, separator).trim(), body) : NOTHING;
}

const FIELD = /^(?:HOST|TTY|CHROOT|PWD|USER|GROUP|TSID|ENV|COMMAND)=/;
const EXIT = /(?: ; SIGNAL=[A-Z0-9+-]{1,16})?(?: ; EXIT=\d{1,3})?$/;

function parseFields(message: Message, actor: string, body: string): Meaning {
  const fields = readFields(body);
  if (fields.account === null)
    return unparsed('sudo ran a command as an account that the line does not show');
  const isExit = (EXIT.exec(body)?.[0] ?? '') !== '';
  const parts = {
    account: fields.account,
    actor,
    session: { ...ttyOf(fields.tty), ...(fields.tsid === undefined ? {} : { tsid: fields.tsid }) },
  };
  if (isExit)
    return means('access.close', message, { ...parts, detail: { scope: 'elevation', service: 'sudo' } });
  // Commands that the recorded command started itself (`log_subcmds`) are inside the access already.
  if (fields.offset !== undefined || fields.question) return NOTHING;
  const command = fields.command === null ? {} : { command: fields.command };
  return means('access.open', message, {
    ...parts,
    path: 'sudo',
    detail: { service: 'sudo', ...command },
  });
}

interface Fields {
  readonly tty: string | undefined;
  readonly account: string | null;
  readonly tsid: string | undefined;
  readonly offset: string | undefined;
  readonly command: string | null;
  /** `sudo -l` and `sudo -v`: they ask what is allowed. */
  readonly question: boolean;
}

const USER = /(?:^| ; )USER=([^;]{1,256}?)(?= ; |$)/g;
// Directly behind the account: the directory before it and the environment behind it are the user's own words.
// sudo prints six digits or a path; `@seconds` is a place inside the recording.
const BEHIND_USER =
  /^ ; (?:GROUP=[^;]{1,256} ; )?(?:TSID=([^\s@]{1,4096})(@[\d.]{1,24})? ; )?(?:COMMAND=(\S*))?/;

/**
 * The directory in PWD is the user's own choice and may hold ` ; USER=nobody ; COMMAND=/bin/true`, and so may the
 * arguments. Where several readings are possible the one with the most privilege counts, and nothing that would
 * make the access smaller is believed. A line without COMMAND was split: a directory or environment is long.
 */
function readFields(body: string): Fields {
  const users = Array.from(body.matchAll(USER));
  const accounts = users.map((match) => match[1] ?? '');
  const [user] = users;
  const rest = user === undefined ? '' : body.slice(user.index + user[0].length);
  const behind = users.length === 1 ? BEHIND_USER.exec(rest) : null;
  return {
    tty: /^(?:HOST=\S+ ; )?TTY=([^\s;]{1,64}) ; /.exec(body)?.[1],
    account: accounts.includes('root') ? 'root' : (accounts[0] ?? null),
    tsid: behind?.[1],
    offset: behind?.[2],
    command: / ; COMMAND=(\S*)/.exec(rest)?.[1] ?? null,
    question: isQuestion(behind?.[3] ?? null),
  };
}
