/** Why a call to AWS gave nothing. */
export interface AwsProblem {
  readonly code: AwsProblemCode;
  /** IAM name of the action that failed, e.g. `cloudtrail:LookupEvents`; `credentials` where none were found. */
  readonly action: string;
  /** Safe to show: made of fixed words, the error's name, its status and the caller's ARN. */
  readonly message: string;
}

export type AwsProblemCode =
  | 'denied'
  | 'expired'
  | 'throttled'
  | 'unreachable'
  | 'not-found'
  | 'invalid'
  | 'unknown';

/**
 * Says what an error of the SDK means; the one place where that is decided. `action` is the IAM name of the call.
 * The SDK's own message is not shown: it may quote the request.
 */
export function toAwsProblem(error: unknown, action: string): AwsProblem {
  if (error instanceof NoCredentials) return toAwsProblem(error.cause, error.action);
  const facts = readError(error);
  const code = classify(facts);
  return { code, action, message: `${action}: ${explain(code, facts)}${trace(facts)}` };
}

/** That the credentials of a connection could not be had; the cause tells why. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
  readonly action: 'sts:AssumeRole' | 'credentials';

  constructor(cause: unknown) {
    super('no credentials', { cause });
    this.action = readError(cause).name === 'CredentialsProviderError' ? 'credentials' : 'sts:AssumeRole';
  }
}

interface ErrorFacts {
  /** Error name, or the system's code where the connection failed; letters, digits, dots and underscores alone. */
  readonly name: string;
  readonly code: string;
  readonly status: number | null;
  readonly message: string;
}

// Longer names and messages are nobody's; the cap also bounds the expressions below.
const NAME = /^[\w.]{1,64}$/;
const MESSAGE_CHARACTERS = 1000;

function readError(error: unknown): ErrorFacts {
  const fields = isRecord(error) ? error : {};
  const metadata = isRecord(fields['$metadata']) ? fields['$metadata'] : {};
  const word = (value: unknown): string => (typeof value === 'string' && NAME.test(value) ? value : '');
  const status = metadata['httpStatusCode'];
  return {
    name: word(fields['name']),
    code: word(fields['code']),
    status: typeof status === 'number' ? status : null,
    message: typeof fields['message'] === 'string' ? fields['message'].slice(0, MESSAGE_CHARACTERS) : '',
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Names as the services send them (query, JSON and REST protocols spell the same fault differently). */
const NAMES: readonly (readonly [AwsProblemCode, RegExp])[] = [
  ['expired', /^(?:ExpiredToken(?:Exception)?|RequestExpired|TokenRefreshRequired)$/],
  [
    'throttled',
    /^(?:Throttl\w*|TooManyRequests(?:Exception)?|RequestLimitExceeded|RequestThrottled\w*|SlowDown|BandwidthLimitExceeded)$/,
  ],
  [
    'denied',
    /^(?:AccessDenied\w*|AllAccessDisabled|Unauthorized\w*|NotAuthorized\w*|OperationNotPermitted\w*|AuthFailure|OptInRequired|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient\w*|SignatureDoesNotMatch|InvalidSignature\w*|IncompleteSignature\w*|InvalidToken|MissingAuthenticationToken\w*|CredentialsProviderError)$/,
  ],
  ['not-found', /^(?:NoSuch\w+|NotFound|\w*NotFound(?:Exception|Error)?|InvalidDocument|DoesNotExist\w*)$/],
  [
    'unreachable',
    /^(?:TimeoutError|RequestTimeout\w*|ECONN\w+|ENOTFOUND|EAI_\w+|EPIPE|ETIMEDOUT|E(?:HOST|NET)\w+|CERT_\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+|ERR_TLS\w+|ERR_SSL\w+|InternalError|InternalFailure|InternalServer\w*|ServiceUnavailable\w*)$/,
  ],
  ['invalid', /^(?:Validation\w*|Invalid\w+|Malformed\w+|Unsupported\w*|SyntaxError|MissingParameter)$/],
];

function classify({ name, code, status, message }: ErrorFacts): AwsProblemCode {
  // The SDK gives every fault in finding credentials one name; of a lapsed single sign-on only the text tells.
  if (name === 'CredentialsProviderError' && /\bexpired\b/i.test(message)) return 'expired';
  const isServerFault = status !== null && status >= 500;
  for (const [meaning, names] of NAMES) {
    // An HTML page of a proxy or balancer: it is no answer of the service at all.
    if (meaning === 'invalid' && isServerFault) break;
    if (names.test(name) || names.test(code)) return meaning;
  }
  if (isServerFault) return 'unreachable';
  return status === null ? 'unknown' : (BY_STATUS[status] ?? 'unknown');
}

const BY_STATUS: Readonly<Record<number, AwsProblemCode>> = {
  400: 'invalid',
  401: 'denied',
  403: 'denied',
  404: 'not-found',
  429: 'throttled',
};

const MEANINGS: Readonly<Record<AwsProblemCode, string>> = {
  denied: 'not allowed',
  expired: 'the credentials have expired',
  throttled: 'too many requests in this account and region',
  unreachable: 'AWS could not be reached or did not answer',
  'not-found': 'there is no such thing',
  invalid: 'the request was refused, or its answer makes no sense',
  unknown: 'failed',
};

const CALLER = /^User: (arn:[\w:/+=,.@-]{1,300}) is not authorized to perform\b/;

function explain(code: AwsProblemCode, { name, message }: ErrorFacts): string {
  if (name === 'CredentialsProviderError' && code === 'denied') return 'no usable credentials were found';
  const caller = code === 'denied' ? CALLER.exec(message)?.[1] : undefined;
  return caller === undefined ? MEANINGS[code] : `not allowed for ${caller}`;
}

/** ` (NAME, HTTP STATUS)`, as far as they are known. */
function trace({ name, code, status }: ErrorFacts): string {
  const known = [code === '' ? name : code, ...(status === null ? [] : [`HTTP ${status}`])].filter(
    (part) => part !== '' && part !== 'Error',
  );
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}
