/** How a request goes wrong, decided by the test. */
export type FaultKind =
  | 'throttle'
  | 'internal'
  | 'expired-token'
  /** The connection is cut without an answer. */
  | 'drop-connection'
  /** No answer comes before `release()` or the end of the server. */
  | 'slow'
  /** The answer's second half is missing, though its status and length are in order. */
  | 'malformed';

export interface Fault {
  /** `LookupEvents` or `cloudtrail:LookupEvents`; a star stands for every action. */
  readonly action: string;
  readonly account?: string;
  readonly region?: string;
  /** How many requests it meets. */
  readonly times: number;
  readonly kind: FaultKind;
}

interface Target {
  readonly action: string;
  readonly account: string;
  readonly region: string;
}

/** Faults that wait for a request to meet, the first set first. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times });
  }

  /** The fault that this request meets, used up by one. */
  take(target: Target): FaultKind | undefined {
    const found = this.#waiting.find(({ fault, left }) => left > 0 && meets(fault, target));
    if (found) found.left -= 1;
    return found?.fault.kind;
  }
}

function meets(fault: Fault, { action, account, region }: Target): boolean {
  return (
    (fault.action === '*' || fault.action === action || action.endsWith(`:${fault.action}`)) &&
    (fault.account ?? account) === account &&
    (fault.region ?? region) === region
  );
}
