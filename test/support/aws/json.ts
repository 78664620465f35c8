import {
  AwsRefusal,
  type Call,
  type CommonErrors,
  type Operation,
  type Reply,
  type Service,
} from './wire.ts';

type Input = Readonly<Record<string, unknown>>;

/** An operation of the JSON 1.1 protocol: takes the decoded body, returns the answer or throws AwsRefusal. */
export type JsonOperation = (input: Input, call: Call) => object;

/**
 * A service of the JSON 1.1 protocol, where the header x-amz-target names the operation. Only what follows the last
 * dot of the target counts: the JavaScript SDK and botocore write different prefixes.
 */
export function jsonService(
  name: string,
  targetPrefix: string,
  operations: Readonly<Record<string, JsonOperation>>,
): Service {
  return {
    errors: ERRORS,
    findOperation(request): Operation {
      const [, prefix = '', operation = ''] =
        /^(.{0,200})\.(\w{1,100})$/.exec(request.headers['x-amz-target'] ?? '') ?? [];
      const answer = operations[operation];
      if (!answer || !prefix.endsWith(targetPrefix)) throw new AwsRefusal('UnknownOperationException', '');
      return {
        name: operation,
        permission: `${name}:${operation}`,
        answer: (call) => reply(answer(decode(call.request.body), call), call.requestId),
      };
    },
    refuse: (refusal, requestId) => ({
      status: refusal.status,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
      body: JSON.stringify({ __type: refusal.code, message: refusal.message, ...refusal.more }),
    }),
  };
}

/** Throws ValidationException as the services word it. */
export function invalid(field: string, value: unknown, constraint: string): never {
  throw new AwsRefusal(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${field}' failed to satisfy constraint: ${constraint}`,
  );
}

/** A whole number within bounds; the default where it is absent. Throws what `refuse` throws. */
export function wholeNumber(
  value: unknown,
  bounds: { readonly min: number; readonly max: number; readonly absent: number },
  refuse: (value: unknown) => never,
): number {
  if (value === undefined || value === null) return bounds.absent;
  const ok = Number.isInteger(value) && Number(value) >= bounds.min && Number(value) <= bounds.max;
  return ok ? Number(value) : refuse(value);
}

/** Dates become epoch seconds, as JSON 1.1 writes them. */
export function toEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toEpochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toEpochSeconds(one)]));
}

function decode(body: Buffer): Input {
  try {
    const value: unknown = JSON.parse(body.toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  } catch {
    // Falls through to the refusal.
  }
  throw new AwsRefusal('SerializationException', 'Unexpected content in request body');
}

function reply(output: object, requestId: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body: JSON.stringify(toEpochSeconds(output)),
  };
}

const INVALID_TOKEN = 'The security token included in the request is invalid.';
const EXPIRED_TOKEN = 'The security token included in the request is expired';

const ERRORS: CommonErrors = {
  throttled: () => new AwsRefusal('ThrottlingException', 'Rate exceeded'),
  internal: () => new AwsRefusal('InternalFailure', 'The request processing has failed.', 500),
  expired: () => new AwsRefusal('ExpiredTokenException', EXPIRED_TOKEN),
  unknownKey: () => new AwsRefusal('UnrecognizedClientException', INVALID_TOKEN),
  badToken: () => new AwsRefusal('UnrecognizedClientException', INVALID_TOKEN),
  badSignature: (message) => new AwsRefusal('InvalidSignatureException', message),
  clockSkew: (message) => new AwsRefusal('InvalidSignatureException', message),
  anonymous: () => new AwsRefusal('MissingAuthenticationTokenException', 'Missing Authentication Token'),
  denied: (message) => new AwsRefusal('AccessDeniedException', message),
};
