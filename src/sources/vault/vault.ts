import type { Format } from '../format.ts';
import { decodeTrail, recogniseTrail } from '../trail-log.ts';
import { isAuditEntry } from './call.ts';
import { decodeEntry } from './events.ts';

/** The audit log of HashiCorp Vault, as its file device writes it. */
export const vault: Format = {
  type: 'vault',
  title: 'HashiCorp Vault audit log (JSON)',
  screened: { product: 'vault', service: 'audit' },
  framing: () => 'json-records',
  recognise: (head) => recogniseTrail(head, isAuditEntry, ['request', 'mount_type', 'client_token']),
  create: (context) => ({
    decode: (bytes, place) =>
      decodeTrail(bytes, place, isAuditEntry, (entry) => decodeEntry(entry, place, context)),
  }),
};
