import { type ProviderSpec, defineProviderFormat } from '../provider-format.ts';
import type { Format } from '../format.ts';
import { type Fields, isFields, textAt } from '../json-fields.ts';
import { originOf, type ProviderRecord } from '../provider-event.ts';
import { parseAccess } from './accesses.ts';
import { parseControl } from './controls.ts';
import { toLogEvent } from './log-event.ts';

const spec: ProviderSpec = {
  type: 'okta',
  title: 'Okta System Log (API answers, log streams)',
  screened: { product: 'okta', service: 'okta' },
  keys: ['eventType', 'published', 'actor', 'outcome'],
  zone: 'UTC',
  isOwn: (fields) =>
    typeof fields['eventType'] === 'string' &&
    typeof fields['published'] === 'string' &&
    isFields(fields['actor']) &&
    isFields(fields['outcome']),
  timeOf: (record) => textAt(record, 'published'),
  read,
};

/** Events of an Okta organisation. */
export const okta: Format = defineProviderFormat(spec);

function read(record: Fields): ProviderRecord {
  const event = toLogEvent(record);
  const { id, type, name, actorType, actorId } = event;
  return {
    provider: 'okta',
    service: 'okta',
    action: type,
    id: id === null ? null : [id],
    eventId: id,
    name,
    origin: originOf(textAt(record, 'client', 'ipAddress')),
    host: null,
    // The System Log does not name its own organisation.
    cloud: { account: null, region: null, identity: actorType, arn: actorId },
    drafts: parseAccess(event),
    control: parseControl(event),
  };
}
