import { textAt } from '../json-fields.ts';
import type { ProviderControl } from '../provider-event.ts';
import type { WindowsRecord } from './record.ts';

/** Null where the record does not change the log that accesses are seen in. */
export function parseControl(record: WindowsRecord): ProviderControl | null {
  const { eventId, channel, computer, data } = record;
  const isSecurity = channel === null || channel === 'Security';
  // What was cleared is gone; the log itself goes on.
  if (eventId === 1102 && isSecurity) return { target: computer, resource: 'Security' };
  if (eventId === 104 && channel === 'System')
    return { target: computer, resource: textAt(data, 'Channel') ?? 'System' };
  if (eventId !== 4719 || !isSecurity) return null;
  const resource = textAt(data, 'SubcategoryGuid') ?? textAt(data, 'SubcategoryId');
  const state = stateOf(textAt(data, 'AuditPolicyChanges') ?? '');
  return { target: computer, resource, ...(state === undefined ? {} : { state }) };
}

/** `%%8448` and `%%8450` take the auditing of successes and of failures away, `%%8449` and `%%8451` add it. */
function stateOf(changes: string): 'off' | 'on' | undefined {
  const codes = changes.slice(0, 200);
  if (/%%84(?:48|50)|removed/i.test(codes)) return 'off';
  return /%%84(?:49|51)|added/i.test(codes) ? 'on' : undefined;
}
