import { parseIsoTime } from '../../envelope/time.ts';
import { wallToUtc } from '../../envelope/civil.ts';
import type { CloudDetail } from '../../model/event.ts';
import { type Call, isFromService, type TrailDraft } from './call.ts';
import { accountOfArn, lastSegment, textAt, valueAt } from './fields.ts';
import { isProviderRole, roleSessionOf } from './identity.ts';

/** AssumeRole in all its forms: a key is handed out, and unless a machine asked, that is an access to the account. */
export function assumeRole(call: Call): readonly TrailDraft[] {
  const draft = roleDraft(call);
  const issue: TrailDraft = { ...draft, kind: 'credential.issue' };
  return isByMachine(call) ? [issue] : [issue, { ...draft, kind: 'access.open' }];
}

export function getFederationToken(call: Call): readonly TrailDraft[] {
  return assumeRole(call);
}

/** The management account becomes the root user of a member: the highest privilege, whatever the task allows. */
export function assumeRoot(call: Call): readonly TrailDraft[] {
  const member = textAt(call.request, 'targetPrincipal');
  const target = accountOfArn(member) ?? member ?? call.account;
  const draft = {
    path: 'api-role',
    account: 'root',
    actor: call.caller.name,
    target,
    cloud: keyOf(call),
  } as const;
  return [
    { ...draft, kind: 'credential.issue' },
    { ...draft, kind: 'access.open' },
  ];
}

/** The same user with the same rights, for a while: a new key and no new access. */
export function getSessionToken(call: Call): readonly TrailDraft[] {
  return [{ ...roleDraft(call), kind: 'credential.issue' }];
}

function roleDraft(call: Call): Omit<TrailDraft, 'kind'> {
  const { caller, request, response, account, action } = call;
  const arn = textAt(response, 'assumedRoleUser', 'arn') ?? textAt(response, 'federatedUser', 'arn');
  const roleArn = textAt(request, 'roleArn');
  const name = roleSessionOf(arn) ?? requestedName(call) ?? caller.name;
  const source = textAt(response, 'sourceIdentity') ?? textAt(request, 'sourceIdentity');
  return {
    path: 'api-role',
    account: name,
    actor: caller.name,
    target: accountOfArn(roleArn) ?? accountOfArn(arn) ?? account,
    cloud: {
      ...keyOf(call),
      ...(source === null ? {} : { sourceIdentity: source }),
      // Of a web identity's session the caller chooses the name: only the token's subject is the provider's word.
      namedByProvider: action === 'AssumeRoleWithSAML' || isProviderRole(name),
    },
  };
}

function requestedName({ request }: Call): string | null {
  const role = textAt(request, 'roleArn');
  const session = textAt(request, 'roleSessionName');
  if (role !== null) return session === null ? lastSegment(role) : `${lastSegment(role)}/${session}`;
  return textAt(request, 'name');
}

/**
 * Services assume roles without anybody asking, and so do instances. Who only names the new session like an instance
 * is no instance: that name is chosen freely. An identity provider's address may be a service's although a person
 * stands behind it.
 */
function isByMachine(call: Call): boolean {
  const { caller, action } = call;
  if (caller.isService || caller.isInstance) return true;
  return !action.startsWith('AssumeRoleWith') && isFromService(call);
}

function keyOf(call: Call): Pick<CloudDetail, 'issuedKey' | 'expires'> {
  const key = textAt(call.response, 'credentials', 'accessKeyId');
  const expires = expiryOf(call);
  return { ...(key === null ? {} : { issuedKey: key }), ...(expires === null ? {} : { expires }) };
}

function expiryOf({ request, response, time }: Call): number | null {
  const written = valueAt(response, 'credentials', 'expiration');
  const expires = typeof written === 'string' ? parseExpiry(written) : null;
  if (expires !== null) return expires;
  const seconds = Number(valueAt(request, 'durationSeconds'));
  // Roles last 12 hours at most, federation and session tokens 36.
  return Number.isFinite(seconds) && seconds > 0 && seconds <= 129_600 ? time + seconds * 1000 : null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
// Newer Java writes a narrow no-break space before AM and PM.
const EXPIRY = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d):(\d\d)[ \u202f\u00a0]?([AP])M$/;

/** `Nov 22, 2026, 11:00:00 AM` in UTC, or ISO-8601. Null where it is neither. */
function parseExpiry(text: string): number | null {
  const match = EXPIRY.exec(text);
  if (match === null) return parseIsoTime(text, { zone: 'UTC', reference: 0 })?.time ?? null;
  const [, month = '', day, year, hour, minute, second, half] = match;
  return wallToUtc(Number(year), {
    month: MONTHS.indexOf(month) + 1,
    day: Number(day),
    hour: (Number(hour) % 12) + (half === 'P' ? 12 : 0),
    minute: Number(minute),
    second: Number(second),
    fractionMs: 0,
  });
}
