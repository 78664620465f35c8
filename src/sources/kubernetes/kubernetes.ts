import type { Format } from '../format.ts';
import { decodeTrail, recogniseTrail } from '../trail-log.ts';
import { decodeRecord } from './events.ts';
import { isAuditRecord } from './request.ts';

/** The audit log of a Kubernetes API server (audit.k8s.io), a line each or in lists, also out of a cloud's log group. */
export const kubernetes: Format = {
  type: 'kubernetes',
  title: 'Kubernetes audit log (audit.k8s.io; files, webhook lists, CloudWatch Logs)',
  screened: { product: 'kubernetes', service: 'audit' },
  framing: () => 'json-records',
  recognise: (head) => recogniseTrail(head, isAuditRecord, ['auditID', 'stage', 'requestURI']),
  create: (context) => ({
    decode: (bytes, place) =>
      decodeTrail(bytes, place, isAuditRecord, (record) => decodeRecord(record, place, context)),
  }),
};
