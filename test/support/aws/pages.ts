import { sha256Hex } from './wire.ts';

interface Page {
  readonly scope: string;
  readonly parameters: string;
  readonly position: string;
}

/** Tokens that are kept; a test that pages through more would lose its first ones (10 000 × ~300 bytes = 3 MB). */
const MAX_PAGES = 10_000;

/**
 * Page tokens: opaque to the client, and of use only to the same account, region and operation with the same other
 * parameters, as the services demand.
 */
export class Pages {
  readonly #pages = new Map<string, Page>();
  #issued = 0;

  /** A token for what follows `position`. */
  issue(scope: string, parameters: object, position: string): string {
    const token = Buffer.from(sha256Hex(`page ${this.#issued++} ${scope}`), 'hex').toString('base64');
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= MAX_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(token, { scope, parameters: toText(parameters), position });
    return token;
  }

  /** Where to go on; undefined where the token is unknown, expired, or was given for another request. */
  redeem(scope: string, parameters: object, token: string): string | undefined {
    const page = this.#pages.get(token);
    return page?.scope === scope && page.parameters === toText(parameters) ? page.position : undefined;
  }

  /** Every token given so far is refused from now on. */
  expire(): void {
    this.#pages.clear();
  }
}

/** Equal for equal parameters, whatever their order. */
function toText(parameters: object): string {
  const known = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return JSON.stringify(known.sort(([a], [b]) => (a < b ? -1 : 1)));
}
