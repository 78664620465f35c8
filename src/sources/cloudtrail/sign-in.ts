import type { CloudDetail } from '../../model/event.ts';
import type { Call, TrailDraft } from './call.ts';
import { lastSegment, textAt } from './fields.ts';
import { roleSessionOf } from './identity.ts';

/** A sign-in to the console, by a user, the root user, or a role that an identity provider gave. */
export function consoleLogin(call: Call): readonly TrailDraft[] {
  return [
    {
      kind: 'access.open',
      path: 'console',
      account: call.caller.name,
      target: call.account,
      cloud: mfaOf(call),
    },
  ];
}

/** `Yes`, `No`, and `YES` for the root user. */
function mfaOf({ more }: Call): Pick<CloudDetail, 'mfa'> {
  const used = textAt(more, 'MFAUsed')?.toLowerCase();
  return used === 'yes' || used === 'no' ? { mfa: used === 'yes' } : {};
}

/** The console's change into a role. Which side of it a record shows is not documented: both are read. */
export function switchRole(call: Call): readonly TrailDraft[] {
  const { caller, more, account } = call;
  const from = textAt(more, 'SwitchFrom');
  const isRole = caller.type === 'AssumedRole';
  return [
    {
      kind: 'access.open',
      path: 'console',
      account: isRole ? caller.name : (switchedTo(call) ?? caller.name),
      actor: from === null ? (isRole ? null : caller.name) : (roleSessionOf(from) ?? lastSegment(from)),
      target: account,
    },
  ];
}

/** The console names the session after whoever switches. */
function switchedTo({ more, caller }: Call): string | null {
  const to = textAt(more, 'SwitchTo');
  return to === null ? null : (roleSessionOf(to) ?? `${lastSegment(to)}/${lastSegment(caller.name)}`);
}
