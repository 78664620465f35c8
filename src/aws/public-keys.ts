import type { CloudTrailClient, ListPublicKeysResponse, PublicKey } from '@aws-sdk/client-cloudtrail';
import { AwsFault, call } from './fault.ts';

const ACTION = 'cloudtrail:ListPublicKeys';
/** A region has a handful of keys in a year; one page has so far held them all. */
const MAX_PAGES = 20;

/**
 * Keys that signed the digests of a region's trail files in a period (epoch ms), as the SDK gives them. Keys are per
 * region. Throws `AwsFault`.
 */
export async function listPublicKeys(
  client: CloudTrailClient,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<readonly PublicKey[]> {
  const { ListPublicKeysCommand } = await import('@aws-sdk/client-cloudtrail');
  const found: PublicKey[] = [];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const input = { StartTime: new Date(from), EndTime: new Date(to), NextToken: token };
    const page: ListPublicKeysResponse = await call(ACTION, signal, () =>
      client.send(new ListPublicKeysCommand(input), { abortSignal: signal }),
    );
    found.push(...(page.PublicKeyList ?? []));
    if (!page.NextToken || page.NextToken === token) return found;
    token = page.NextToken;
  }
  const message = `${ACTION}: more keys than a region can have`;
  throw new AwsFault({ code: 'invalid', action: ACTION, message });
}
