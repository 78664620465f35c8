import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NoCredentials, toAwsProblem } from '../../src/aws/problem.ts';

const ACTION = 'cloudtrail:LookupEvents';

function sdkError(name: string, status: number | null = 400, message = 'no'): Error {
  return Object.assign(new Error(message), {
    name,
    ...(status === null ? {} : { $metadata: { httpStatusCode: status } }),
  });
}

function codeOf(error: unknown): string {
  return toAwsProblem(error, ACTION).code;
}

describe('what an error of the SDK means', () => {
  const cases: readonly (readonly [string, readonly (readonly [string, number | null])[]])[] = [
    [
      'denied',
      [
        ['AccessDeniedException', 400],
        ['AccessDenied', 403],
        ['UnauthorizedOperation', 403],
        ['InvalidClientTokenId', 403],
        ['UnrecognizedClientException', 400],
        ['SignatureDoesNotMatch', 403],
        ['InvalidSignatureException', 400],
        ['CredentialsProviderError', null],
        ['Forbidden', 403],
      ],
    ],
    [
      'expired',
      [
        ['ExpiredTokenException', 400],
        ['ExpiredToken', 403],
        ['RequestExpired', 400],
      ],
    ],
    [
      'throttled',
      [
        ['ThrottlingException', 400],
        ['Throttling', 400],
        ['TooManyRequestsException', 429],
        ['SlowDown', 503],
        ['RequestLimitExceeded', 503],
        ['SomethingNew', 429],
      ],
    ],
    [
      'unreachable',
      [
        ['TimeoutError', null],
        ['InternalFailure', 500],
        ['ServiceUnavailable', 503],
        ['SyntaxError', 503],
        ['SomethingNew', 502],
      ],
    ],
    [
      'not-found',
      [
        ['NoSuchBucket', 404],
        ['NoSuchLifecycleConfiguration', 404],
        ['TrailNotFoundException', 400],
        ['InvalidDocument', 400],
        ['ObjectLockConfigurationNotFoundError', 404],
        ['NotFound', 404],
      ],
    ],
    [
      'invalid',
      [
        ['InvalidNextTokenException', 400],
        ['InvalidTimeRangeException', 400],
        ['ValidationException', 400],
        ['SyntaxError', 200],
        ['SomethingNew', 400],
      ],
    ],
    [
      'unknown',
      [
        ['SomethingNew', null],
        ['SomethingNew', 301],
      ],
    ],
  ];
  for (const [code, errors] of cases)
    for (const [name, status] of errors)
      it(`${name} with status ${status} is ${code}`, () => {
        assert.equal(codeOf(sdkError(name, status)), code);
      });

  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'CERT_HAS_EXPIRED'])
    it(`${code} is unreachable`, () => {
      assert.equal(codeOf(Object.assign(new Error('no'), { code })), 'unreachable');
    });

  it('a lapsed single sign-on is expired, and no credentials at all are not', () => {
    const lapsed = 'The SSO session associated with this profile has expired.';
    assert.equal(codeOf(sdkError('CredentialsProviderError', null, lapsed)), 'expired');
    const none = toAwsProblem(sdkError('CredentialsProviderError', null, 'Could not load'), ACTION);
    assert.equal(none.code, 'denied');
    assert.match(none.message, /no usable credentials were found/);
  });

  for (const value of [undefined, null, 'text', 7, [], new Error('no')])
    it(`${String(value)} is unknown`, () => {
      assert.equal(codeOf(value), 'unknown');
    });
});

describe('what is told of an error', () => {
  it('the action, the caller that AWS names, the error and its status', () => {
    const message =
      'User: arn:aws:sts::111122223333:assumed-role/reader/offrecord is not authorized to perform: cloudtrail:LookupEvents because no policy allows it';
    assert.deepEqual(toAwsProblem(sdkError('AccessDeniedException', 400, message), ACTION), {
      code: 'denied',
      action: ACTION,
      message:
        'cloudtrail:LookupEvents: not allowed for arn:aws:sts::111122223333:assumed-role/reader/offrecord (AccessDeniedException, HTTP 400)',
    });
  });

  it('nothing else of its message, which may quote the request', () => {
    for (const name of ['AccessDeniedException', 'InvalidSignatureException', 'Whatever', 'hunter2 token']) {
      const error = sdkError(name, 400, 'token hunter2 is not authorized; User: hunter2');
      assert.doesNotMatch(JSON.stringify(toAwsProblem(error, ACTION)), /hunter2/);
    }
    const forged = sdkError('AccessDenied', 403, 'User: arn:aws:x hunter2 is not authorized to perform: it');
    assert.doesNotMatch(JSON.stringify(toAwsProblem(forged, ACTION)), /hunter2/);
  });

  it('of missing credentials: the step that failed, not the call that wanted them', () => {
    const role = new NoCredentials(sdkError('AccessDenied', 403));
    assert.deepEqual(
      [toAwsProblem(role, ACTION).code, toAwsProblem(role, ACTION).action],
      ['denied', 'sts:AssumeRole'],
    );
    const none = new NoCredentials(sdkError('CredentialsProviderError', null));
    assert.equal(toAwsProblem(none, ACTION).action, 'credentials');
  });
});
