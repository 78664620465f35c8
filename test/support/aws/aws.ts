import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLOUDTRAIL } from './cloudtrail.ts';
import { type Fault, type FaultKind, Faults } from './faults.ts';
import { ECS } from './ecs.ts';
import { cutInHalf, readRequest, write } from './exchange.ts';
import { Identities, isAllowed, secretOf } from './identities.ts';
import { Pages } from './pages.ts';
import { Rates } from './rates.ts';
import { S3 } from './s3.ts';
import { parseScope, type Scope, verifySignature } from './sigv4.ts';
import { SSM } from './ssm.ts';
import type { AwsState } from './state.ts';
import { stsService } from './sts.ts';
import { AwsRefusal, type Call, type Operation, type Reply, type Service, type WireRequest } from './wire.ts';

export { secretOf } from './identities.ts';
export type * from './state.ts';
export type { Fault, FaultKind } from './faults.ts';

export interface AwsOptions {
  readonly state: AwsState;
  /** Milliseconds since the epoch; the clock of AWS. */
  readonly now: () => number;
  /** LookupEvents per second, account and region; 2 as documented. */
  readonly lookupsPerSecond?: number;
  /** Refuse signatures whose time is not near `now`; off, because SDKs sign by the machine's clock. */
  readonly judgeClock?: boolean;
}

/** One request as the server understood it. */
export interface RequestLine {
  /** `service:Operation`, such as `s3:ListObjectsV2`. */
  readonly action: string;
  /** The IAM action that it needs, such as `s3:ListBucket`; null where none. */
  readonly permission: string | null;
  /** Null where the signer is unknown. */
  readonly account: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  /** Milliseconds since the epoch, by the clock handed in. */
  readonly at: number;
  /** `ok`, an error code such as `ThrottlingException`, or the kind of a fault that gave no answer. */
  outcome: string;
}

export interface FakeAws {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  /** The live state; change it and the next request sees the change. */
  readonly state: AwsState;
  /** Every request so far, oldest first. */
  readonly requests: readonly RequestLine[];
  /** What an SDK client needs to speak as the owner of this key. */
  clientConfig(accessKeyId: string, region: string): ClientConfig;
  fault(fault: Fault): void;
  /** Answers all requests that a `slow` fault holds. */
  release(): void;
  /** Every session of an assumed role has expired; AssumeRole gives new ones. */
  expireTokens(): void;
  /** Every NextToken and continuation token given so far is refused. */
  expirePages(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Only S3 reads it. */
  readonly forcePathStyle: true;
}

/** A loopback AWS: CloudTrail, S3, SSM, STS and ECS on one port, told apart by what their requests are signed for. */
export async function startAws(options: AwsOptions): Promise<FakeAws> {
  const cloud = new Cloud(options);
  const server = createServer((request, response) => void cloud.serve(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return {
    endpoint,
    state: options.state,
    requests: cloud.requests,
    clientConfig: (accessKeyId, region) => ({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey: secretOf(accessKeyId) },
      forcePathStyle: true,
    }),
    fault: (fault) => cloud.faults.add(fault),
    release: () => cloud.release(),
    expireTokens: () => cloud.identities.expireSessions(),
    expirePages: () => cloud.pages.expire(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

class Cloud {
  readonly requests: RequestLine[] = [];
  readonly faults = new Faults();
  readonly pages = new Pages();
  readonly identities: Identities;
  readonly #options: AwsOptions;
  readonly #rates: Rates;
  readonly #services: Readonly<Record<string, Service>>;
  #held: (() => void)[] = [];
  #served = 0;

  constructor(options: AwsOptions) {
    this.#options = options;
    this.#rates = new Rates(options.lookupsPerSecond ?? 2);
    this.identities = new Identities(options.state);
    this.#services = { cloudtrail: CLOUDTRAIL, s3: S3, ssm: SSM, ecs: ECS, sts: stsService(this.identities) };
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request === undefined) return void incoming.destroy();
    const scope = parseScope(request.headers['authorization']);
    const { reply, fault } = this.#answer(request, scope);
    if (fault === 'drop-connection') return void incoming.socket.destroy();
    if (fault === 'slow') this.#held.push(() => write(reply, request, response));
    else write(fault === 'malformed' ? cutInHalf(reply) : reply, request, response);
  }

  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  #answer(request: WireRequest, scope: Scope | undefined): { reply: Reply; fault?: FaultKind | undefined } {
    const requestId = `00000000-0000-4000-8000-${String(this.#served++).padStart(12, '0')}`;
    const service = this.#services[scope?.service ?? ''];
    if (!service || !scope) return { reply: this.#refuseAnonymous(request, requestId) };
    const line: RequestLine = {
      action: `${scope.service}:?`,
      permission: null,
      account: this.identities.find(scope.accessKeyId)?.account ?? null,
      region: scope.region,
      accessKeyId: scope.accessKeyId,
      at: this.#options.now(),
      outcome: 'ok',
    };
    let fault: FaultKind | undefined;
    try {
      const operation = service.findOperation(request, this.#options.state);
      const action = `${scope.service}:${operation.name}`;
      this.requests.push(Object.assign(line, { action, permission: operation.permission }));
      fault = this.faults.take({ action, account: line.account ?? '', region: scope.region });
      if (fault) line.outcome = fault;
      if (fault === 'throttle') throw service.errors.throttled();
      if (fault === 'internal') throw service.errors.internal();
      if (fault === 'expired-token') throw service.errors.expired();
      return { reply: this.#perform(operation, service, request, scope, requestId), fault };
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error;
      line.outcome = error.code;
      return { reply: service.refuse(error, requestId, request), fault };
    }
  }

  #perform(
    operation: Operation,
    service: Service,
    request: WireRequest,
    scope: Scope,
    requestId: string,
  ): Reply {
    const now = this.#options.now();
    const clock = { now, judged: this.#options.judgeClock === true };
    const caller = verifySignature(request, scope, this.identities, service.errors, clock);
    const { permission, resource = '*' } = operation;
    if (permission !== null && !isAllowed(caller.policy, permission))
      throw service.errors.denied(
        `User: ${caller.arn} is not authorized to perform: ${permission} on resource: ${resource} because no identity-based policy allows the ${permission} action`,
      );
    const { region } = scope;
    if (operation.name === 'LookupEvents' && !this.#rates.take(`${caller.account} ${region}`, now))
      throw service.errors.throttled();
    const call: Call = {
      request,
      caller,
      region,
      state: this.#options.state,
      pages: this.pages,
      now,
      requestId,
    };
    return operation.answer(call);
  }

  #refuseAnonymous(request: WireRequest, requestId: string): Reply {
    const known = request.headers['x-amz-target'] === undefined ? S3 : CLOUDTRAIL;
    return known.refuse(known.errors.anonymous(), requestId, request);
  }
}
