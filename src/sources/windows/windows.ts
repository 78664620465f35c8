import type { RecordTime } from '../../envelope/time.ts';
import type { Format } from '../format.ts';
import type { Fields } from '../json-fields.ts';
import type { ProviderRecord } from '../provider-event.ts';
import { defineProviderFormat, type ProviderSpec } from '../provider-format.ts';
import { parseControl } from './controls.ts';
import { parseLogon } from './logons.ts';
import { isWindowsRecord, toWindowsRecord, writtenTime } from './record.ts';

const spec: ProviderSpec = {
  type: 'windows',
  title: 'Windows Security log as JSON (Winlogbeat, NXLog, Get-WinEvent, converted evtx)',
  screened: { product: 'windows', service: 'security' },
  // The only key that all forms share; shorter records are known by their shape.
  keys: ['TargetLogonId'],
  zone: null,
  isOwn: isWindowsRecord,
  timeOf: writtenTime,
  read,
};

/** Logons, logoffs and the log's own changes on Windows machines. */
export const windows: Format = defineProviderFormat(spec);

function read(fields: Fields, { time }: RecordTime): ProviderRecord {
  const record = toWindowsRecord(fields);
  const { eventId, computer, channel, recordId } = record;
  // Collectors write the same time in several ways: whole seconds are what they agree in.
  const second = Math.floor(time / 1000);
  const logon = parseLogon(record);
  return {
    provider: 'windows',
    service: 'security',
    action: String(eventId),
    // Numbers of records begin anew when a log is cleared, so the time belongs to the id.
    id: recordId === null ? null : [computer ?? '', channel ?? '', recordId, eventId, second],
    eventId: recordId === null ? null : `${computer ?? ''}/${recordId}/${second}`,
    name: logon.name,
    origin: logon.origin,
    host: computer,
    cloud: {
      account: logon.domain,
      region: null,
      identity: logon.isMachine ? 'Machine' : 'User',
      arn: logon.domain === null ? null : `${logon.domain}\\${logon.name}`,
    },
    drafts: logon.drafts,
    control: parseControl(record),
  };
}
