import {
  AwsRefusal,
  type Call,
  type CommonErrors,
  type Operation,
  type Reply,
  type Service,
} from './wire.ts';
import type { Identities } from './identities.ts';
import { toXml, type XmlValue } from './xml.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

type Parameters = URLSearchParams;

/** STS over the query protocol; the role sessions that it opens become known to `identities`. */
export function stsService(identities: Identities): Service {
  const operations: Readonly<Record<string, Operation['answer']>> = {
    AssumeRole: (call) => reply('AssumeRole', assumeRole(parametersOf(call), call, identities), call),
    GetCallerIdentity: (call) => reply('GetCallerIdentity', callerIdentity(call), call),
  };
  return {
    errors: ERRORS,
    findOperation(request) {
      const parameters = new URLSearchParams(request.body.toString());
      const name = parameters.get('Action') ?? '';
      const answer = operations[name];
      if (!answer)
        throw new AwsRefusal('InvalidAction', `Could not find operation ${name} for version 2011-06-15`);
      return {
        name,
        // GetCallerIdentity cannot be denied.
        permission: name === 'GetCallerIdentity' ? null : `sts:${name}`,
        ...(name === 'AssumeRole' && { resource: parameters.get('RoleArn') ?? '' }),
        answer,
      };
    },
    refuse: (refusal, requestId) => ({
      status: refusal.status,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: toXml(
        'ErrorResponse',
        {
          Error: {
            Type: refusal.status < 500 ? 'Sender' : 'Receiver',
            Code: refusal.code,
            Message: refusal.message,
          },
          RequestId: requestId,
        },
        NAMESPACE,
      ),
    }),
  };
}

function assumeRole(parameters: Parameters, call: Call, identities: Identities): XmlValue {
  const arn = parameters.get('RoleArn') ?? '';
  const sessionName = parameters.get('RoleSessionName') ?? '';
  const seconds = Number(parameters.get('DurationSeconds') ?? 3600);
  const [, account = '', path = ''] = /^arn:aws:iam::(\d{12}):role\/([\w+=,.@/-]{1,600})$/.exec(arn) ?? [];
  if (account === '') throw invalid(`${arn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) throw invalid("Value at 'roleSessionName' failed to satisfy");
  verifyDuration(seconds, call);
  const name = path.split('/').at(-1) ?? '';
  const role = call.state.accounts[account]?.roles?.[name];
  const trusted = role?.trusts?.includes(call.caller.account) ?? true;
  const idFits = role?.externalId === undefined || role.externalId === parameters.get('ExternalId');
  // One answer for all: whether a role exists is not told to those who may not assume it.
  if (!role || !trusted || !idFits)
    throw ERRORS.denied(
      `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  const expiresAt = call.now + seconds * 1000;
  const identity = identities.handOut(account, name, sessionName, expiresAt);
  return {
    Credentials: {
      AccessKeyId: identity.accessKeyId,
      SecretAccessKey: identity.secret,
      SessionToken: identity.sessionToken,
      Expiration: new Date(expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: identity.userId, Arn: identity.arn },
    SourceIdentity: parameters.get('SourceIdentity') ?? undefined,
  };
}

function verifyDuration(seconds: number, call: Call): void {
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200)
    throw invalid("Value at 'durationSeconds' failed to satisfy constraint: between 900 and 43200");
  if (call.caller.sessionToken !== undefined && seconds > 3600)
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
}

function callerIdentity({ caller }: Call): XmlValue {
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.account };
}

function parametersOf(call: Call): Parameters {
  return new URLSearchParams(call.request.body.toString());
}

function reply(name: string, result: XmlValue, call: Call): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': call.requestId },
    body: toXml(
      `${name}Response`,
      { [`${name}Result`]: result, ResponseMetadata: { RequestId: call.requestId } },
      NAMESPACE,
    ),
  };
}

function invalid(message: string): AwsRefusal {
  return new AwsRefusal('ValidationError', message);
}

const INVALID_TOKEN = 'The security token included in the request is invalid.';

const ERRORS: CommonErrors = {
  throttled: () => new AwsRefusal('Throttling', 'Rate exceeded'),
  internal: () => new AwsRefusal('InternalFailure', 'The request processing has failed.', 500),
  expired: () => new AwsRefusal('ExpiredToken', 'The security token included in the request is expired', 403),
  unknownKey: () => new AwsRefusal('InvalidClientTokenId', INVALID_TOKEN, 403),
  badToken: () => new AwsRefusal('InvalidClientTokenId', INVALID_TOKEN, 403),
  badSignature: (message) => new AwsRefusal('SignatureDoesNotMatch', message, 403),
  clockSkew: (message) => new AwsRefusal('SignatureDoesNotMatch', message, 403),
  anonymous: () =>
    new AwsRefusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
  denied: (message) => new AwsRefusal('AccessDenied', message, 403),
};
