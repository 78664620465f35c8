import type { ProviderDraft } from '../provider-event.ts';
import { pods } from './containers.ts';
import type { Entry } from './entry.ts';
import { checkPolicy, serialConsole, setMetadata, tunnel } from './machines.ts';

/** What an entry means as an access or as a credential; nothing where it failed or is neither. */
export function parseAccess(entry: Entry): readonly ProviderDraft[] {
  if (!entry.succeeded) return [];
  return readerOf(entry)?.(entry) ?? [];
}

function readerOf({ service, method }: Entry): ((entry: Entry) => readonly ProviderDraft[]) | undefined {
  if (service === 'iap' && method === 'AuthorizeUser') return tunnel;
  if (service === 'oslogin' && method.endsWith('.OsLoginDataPlaneService.CheckPolicy')) return checkPolicy;
  if (service === 'compute' && SET_METADATA.test(method)) return setMetadata;
  if (service === 'ssh-serialport') return serialConsole;
  return service === 'k8s.io' ? pods : undefined;
}

// Also `beta.` and `alpha.` versions of the API are called.
const SET_METADATA =
  /^(?:v1|beta|alpha)\.compute\.(?:instances\.setMetadata|projects\.setCommonInstanceMetadata)$/;
