import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Identities, Identity } from './identities.ts';
import { type CommonErrors, sha256Hex, type WireRequest } from './wire.ts';

export interface Scope {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]{1,128})\/(\d{8})\/([\w-]{1,64})\/([\w-]{1,64})\/aws4_request,\s{0,4}SignedHeaders=([\w;-]{1,1000}),\s{0,4}Signature=([0-9a-f]{64})$/;

/** What the Authorization header says; undefined where there is none that can be read. */
export function parseScope(header: string | undefined): Scope | undefined {
  const [, accessKeyId, day, region, service, signed, signature] = AUTHORIZATION.exec(header ?? '') ?? [];
  if (!accessKeyId || !day || !region || !service || !signed || !signature) return undefined;
  return { accessKeyId, day, region, service, signedHeaders: signed.split(';'), signature };
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** AWS accepts a signature for five minutes, S3 for fifteen. */
const MAX_SKEW_MS = { s3: 15 * 60_000, other: 5 * 60_000 };

/**
 * Verifies a Signature Version 4 in the order AWS does: known key, right token, unexpired, right signature, and where
 * `clock.judged` a time near `clock.now` (milliseconds). Returns who signed; throws AwsRefusal.
 */
export function verifySignature(
  request: WireRequest,
  scope: Scope,
  identities: Identities,
  errors: CommonErrors,
  clock: { readonly now: number; readonly judged: boolean },
): Identity {
  const identity = identities.find(scope.accessKeyId);
  if (!identity) throw errors.unknownKey();
  if (request.headers['x-amz-security-token'] !== identity.sessionToken) throw errors.badToken();
  if (clock.now >= identity.expiresAt) throw errors.expired();
  if (!matches(request, scope, identity.secret)) throw errors.badSignature(MISMATCH);
  if (clock.judged) verifyClock(request, scope, clock.now, errors);
  return identity;
}

function matches(request: WireRequest, scope: Scope, secret: string): boolean {
  const payload = request.headers['x-amz-content-sha256'];
  const hash = sha256Hex(request.body);
  // An unsigned payload is allowed by S3 alone; a declared hash must be that of the bytes that came.
  if (payload !== undefined && payload !== 'UNSIGNED-PAYLOAD' && payload !== hash) return false;
  const hostSigned = scope.signedHeaders.includes('host');
  const expected = sign(canonical(request, scope, payload ?? hash), request, scope, secret);
  return hostSigned && timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(scope.signature, 'hex'));
}

function sign(canonicalRequest: string, request: WireRequest, scope: Scope, secret: string): string {
  const range = `${scope.day}/${scope.region}/${scope.service}/aws4_request`;
  const time = request.headers['x-amz-date'] ?? '';
  const text = ['AWS4-HMAC-SHA256', time, range, sha256Hex(canonicalRequest)].join('\n');
  const key = [scope.day, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(
    (secretSoFar, part) => createHmac('sha256', secretSoFar).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

function canonical(request: WireRequest, scope: Scope, payload: string): string {
  const headers = scope.signedHeaders.map((name) => {
    const value = (request.headers[name] ?? '').trim().replaceAll(/ {2,}/g, ' ');
    return `${name}:${value}\n`;
  });
  // Every service but S3 encodes the path a second time.
  const path = scope.service === 's3' ? request.path : request.path.split('/').map(encode).join('/');
  return [
    request.method,
    path,
    canonicalQuery(request.query),
    headers.join(''),
    scope.signedHeaders.join(';'),
    payload,
  ].join('\n');
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** Percent-encoding of everything that RFC 3986 does not call unreserved. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function verifyClock(request: WireRequest, scope: Scope, now: number, errors: CommonErrors): void {
  const [, y, mo, d, h, mi, s] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '') ?? [];
  const signedAt = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
  const limit = scope.service === 's3' ? MAX_SKEW_MS.s3 : MAX_SKEW_MS.other;
  // NaN, from a header that cannot be read, is refused as well.
  if (!(Math.abs(now - signedAt) <= limit)) {
    const time = request.headers['x-amz-date'] ?? '';
    throw errors.clockSkew(
      `Signature expired: ${time} is not within ${limit / 60_000} min. of the server's time`,
    );
  }
}
