import { type Meaning, type Message, means, NOTHING, PATTERN_LIMIT } from './message.ts';
import { ADDRESS, toOrigin } from './origin.ts';
import { unescapeName } from './vis.ts';

const OPENED = new RegExp(`^session opened for local user (\\S.*) from \\[(${ADDRESS})\\]$`);

/**
 * sshd's file server, where it logs at all (`Subsystem sftp internal-sftp -l INFO`): at LogLevel INFO the only
 * sign of what a connection was used for. Its process is neither the monitor nor the user child.
 */
export function parseSftp(message: Message): Meaning {
  const match = message.text.length <= PATTERN_LIMIT ? OPENED.exec(message.text) : null;
  if (match === null) return NOTHING;
  const program = message.program === 'sshd' ? 'internal-sftp' : message.program;
  return means(
    'access.use',
    { ...message, program },
    {
      path: 'ssh-sftp',
      account: unescapeName(match[1] ?? ''),
      origin: toOrigin(match[2], undefined),
    },
  );
}
