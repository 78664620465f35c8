import { createHash } from 'node:crypto';
import type { Identity } from './identities.ts';
import type { Pages } from './pages.ts';
import type { AwsState } from './state.ts';

/** A request as it arrived, before anyone looked at its meaning. */
export interface WireRequest {
  readonly method: string;
  /** Still percent-encoded, as it was signed. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request whose caller is known. */
export interface Call {
  readonly request: WireRequest;
  readonly caller: Identity;
  readonly region: string;
  readonly state: AwsState;
  readonly pages: Pages;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Unique to this request, the same in every run. */
  readonly requestId: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** A refusal as AWS words it; each protocol writes it in its own form. */
export class AwsRefusal extends Error {
  override readonly name = 'AwsRefusal';
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Further elements of the body. */
  readonly more: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    status = 400,
    extra: { headers?: Readonly<Record<string, string>>; more?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = extra.headers ?? {};
    this.more = extra.more ?? {};
  }
}

/** One operation of a service: what it is called, which permission it needs, and what it answers. */
export interface Operation {
  readonly name: string;
  /** IAM action, such as `s3:ListBucket`; null where none is needed. */
  readonly permission: string | null;
  /** Where the permission is missing, the resource that the message names. */
  readonly resource?: string;
  answer(call: Call): Reply;
}

/** One service behind the loopback server. */
export interface Service {
  /** Which operation a request asks for. Throws AwsRefusal where it knows none such. */
  findOperation(request: WireRequest, state: AwsState): Operation;
  /** How this service words a refusal. */
  refuse(refusal: AwsRefusal, requestId: string, request: WireRequest): Reply;
  readonly errors: CommonErrors;
}

/** The names that one service uses for the errors every service has. */
export interface CommonErrors {
  readonly throttled: () => AwsRefusal;
  readonly internal: () => AwsRefusal;
  readonly expired: () => AwsRefusal;
  readonly unknownKey: () => AwsRefusal;
  readonly badToken: () => AwsRefusal;
  readonly badSignature: (message: string) => AwsRefusal;
  readonly clockSkew: (message: string) => AwsRefusal;
  readonly anonymous: () => AwsRefusal;
  readonly denied: (message: string) => AwsRefusal;
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
