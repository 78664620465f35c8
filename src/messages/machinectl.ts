import type { Meaning, Message } from './message.ts';
import { parseManagerSession } from './run0.ts';

const PREFIX = /^pam_unix\(login:session\): /;
// A child of the service manager logs as `systemd` or under the bracketed name of what it will execute: `(bash)`.
const MANAGER = /^(?:systemd|\(.{1,64}\))$/;

/**
 * `machinectl shell` on the host itself: systemd-machined has the service manager start a shell
 * (`container-shell@N.service`) in a PAM session of the service `login`. The console's login logs as `login`, so
 * the writer tells them apart. Neither the line nor machined names who asked. Null where the line is another.
 * Unverified on a host of our own: taken from the unit that systemd-machined builds.
 */
export function parseMachinectl(message: Message): Meaning | null {
  const prefix = MANAGER.test(message.program) ? PREFIX.exec(message.text) : null;
  return prefix === null ? null : parseManagerSession(message, prefix[0].length, 'su', 'machinectl');
}
