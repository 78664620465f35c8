/** `sshd -E FILE` and `sshd -e` write messages alone: nothing in them can be placed in time. */
export function isBareSshd(text: string): boolean {
  return BARE.test(text);
}

const BARE =
  /^(?:Accepted|Failed|Postponed|Partial|Invalid user|Connection (?:from|closed|reset)|Received disconnect|Disconnected from|Starting session|Close session|User child is on pid|Server listening on) /;
