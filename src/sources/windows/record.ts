import { type Fields, fieldsAt, isFields, textAt, valueAt } from '../json-fields.ts';
import { integerAt, listAt } from '../json-values.ts';
import { toNamed } from './positions.ts';

/** One record of an event log, whichever program turned it into JSON. */
export interface WindowsRecord {
  readonly eventId: number;
  readonly channel: string | null;
  readonly computer: string | null;
  readonly recordId: string | null;
  /** Time as written: ISO-8601 or an epoch. */
  readonly written: string | number | null;
  /** Event data by name. Texts, except where a converter wrote numbers. */
  readonly data: Fields;
}

/** A form of JSON: how it is told from the others, and where it keeps what. */
interface Form {
  readonly fits: (fields: Fields) => boolean;
  readonly read: (fields: Fields) => Omit<WindowsRecord, 'eventId'> & { readonly eventId: number | null };
}

/** Winlogbeat since 7: everything below `winlog`. */
const winlog: Form = {
  fits: (fields) => isFields(fields['winlog']),
  read: (fields) => {
    const own = fieldsAt(fields, 'winlog');
    return {
      eventId: integerAt(own, 'event_id') ?? integerAt(fields, 'event', 'code'),
      channel: textAt(own, 'channel'),
      computer: textAt(own, 'computer_name'),
      recordId: idAt(own, 'record_id'),
      written: timeAt(fields, '@timestamp'),
      data: dataOf(own),
    };
  },
};

/** Winlogbeat before 7. */
const beats: Form = {
  fits: (fields) => fields['event_id'] !== undefined && textAt(fields, 'computer_name') !== null,
  read: (fields) => ({
    eventId: integerAt(fields, 'event_id'),
    channel: textAt(fields, 'log_name'),
    computer: textAt(fields, 'computer_name'),
    recordId: idAt(fields, 'record_number'),
    written: timeAt(fields, '@timestamp'),
    data: dataOf(fields),
  }),
};

/** The XML of an event turned into JSON, with attributes under one of several names. */
const xml: Form = {
  fits: (fields) => isFields(valueAt(systemRoot(fields), 'System')),
  read: (fields) => {
    const root = systemRoot(fields);
    const system = fieldsAt(root, 'System');
    return {
      eventId: integerAt(system, 'EventID') ?? firstInteger(system, 'EventID', ['#text', 'Value', '_', '$t']),
      channel: textAt(system, 'Channel'),
      computer: textAt(system, 'Computer'),
      recordId: idAt(system, 'EventRecordID'),
      written: systemTime(system),
      data: { ...innermost(fieldsAt(root, 'UserData')), ...named(valueAt(root, 'EventData')) },
    };
  },
};

/** NXLog: one flat object of system values and event data. */
const flat: Form = {
  fits: (fields) =>
    fields['EventID'] !== undefined &&
    (textAt(fields, 'Hostname') ?? textAt(fields, 'Computer')) !== null &&
    (textAt(fields, 'SourceName') ?? textAt(fields, 'Channel')) !== null,
  read: (fields) => ({
    eventId: integerAt(fields, 'EventID'),
    channel: textAt(fields, 'Channel'),
    computer: textAt(fields, 'Hostname') ?? textAt(fields, 'Computer'),
    recordId: idAt(fields, 'RecordNumber') ?? idAt(fields, 'EventRecordID'),
    written: timeAt(fields, 'EventTime') ?? timeAt(fields, 'TimeCreated') ?? timeAt(fields, '@timestamp'),
    data: fields,
  }),
};

/** `Get-WinEvent … | ConvertTo-Json`: event data by position alone. */
const powershell: Form = {
  fits: (fields) => integerAt(fields, 'Id') !== null && textAt(fields, 'MachineName') !== null,
  read: (fields) => ({
    eventId: integerAt(fields, 'Id'),
    channel: textAt(fields, 'LogName'),
    computer: textAt(fields, 'MachineName'),
    recordId: idAt(fields, 'RecordId'),
    written: timeAt(fields, 'TimeCreated'),
    data: toNamed(integerAt(fields, 'Id') ?? 0, listAt(fields, 'Properties')),
  }),
};

const FORMS: readonly Form[] = [winlog, beats, xml, flat, powershell];

/** Whether a JSON object is a record of an event log in a form that is known. */
export function isWindowsRecord(fields: Fields): boolean {
  return readForm(fields)?.eventId != null;
}

/** Total: called for what `isWindowsRecord` took; anything else has the id 0, which means nothing. */
export function toWindowsRecord(fields: Fields): WindowsRecord {
  const read = readForm(fields);
  if (read === null)
    return { eventId: 0, channel: null, computer: null, recordId: null, written: null, data: {} };
  return { ...read, eventId: read.eventId ?? 0 };
}

/** When the event was logged, as written. */
export function writtenTime(fields: Fields): string | number | null {
  return readForm(fields)?.written ?? null;
}

/** A record is asked four times what it is; the answer lives as long as the record. */
const readings = new WeakMap<Fields, ReturnType<Form['read']> | null>();

function readForm(fields: Fields): ReturnType<Form['read']> | null {
  const known = readings.get(fields);
  if (known !== undefined) return known;
  const read = FORMS.find(({ fits }) => fits(fields))?.read(fields) ?? null;
  readings.set(fields, read);
  return read;
}

/** Event data has two forms in the log itself: of the provider's template, and the provider's own XML. */
function dataOf(own: Fields): Fields {
  return { ...fieldsAt(own, 'user_data'), ...fieldsAt(own, 'event_data') };
}

function systemRoot(fields: Fields): unknown {
  return isFields(fields['Event']) ? fields['Event'] : fields;
}

function systemTime(system: Fields): string | number | null {
  const created = valueAt(system, 'TimeCreated');
  if (typeof created === 'string') return created;
  const attributes = ['#attributes', '@attributes', '$'].map((key) => fieldsAt(created, key));
  return [created, ...attributes]
    .map((one) => timeAt(one, 'SystemTime') ?? timeAt(one, '@SystemTime'))
    .reduce((found, one) => found ?? one, null);
}

/** `{"LogFileCleared": {…}}` → what is in it. */
function innermost(user: Fields): Fields {
  return Object.values(user).find(isFields) ?? user;
}

/** Data by name, or as a list of names with their texts, as other converters leave it. */
function named(data: unknown): Fields {
  const list = listAt(data, 'Data');
  if (list.length === 0) return isFields(data) ? data : {};
  const pairs = list.flatMap((one) => {
    const name = textAt(one, '@Name') ?? textAt(one, 'Name') ?? textAt(one, '#attributes', 'Name');
    return name === null ? [] : [[name, valueAt(one, '#text') ?? valueAt(one, 'Value')] as const];
  });
  return Object.fromEntries(pairs);
}

function firstInteger(fields: Fields, key: string, inner: readonly string[]): number | null {
  return inner.map((one) => integerAt(fields, key, one)).find((one) => one !== null) ?? null;
}

/** A record's number, written as a number or as text. */
function idAt(fields: Fields, key: string): string | null {
  const id = integerAt(fields, key);
  return id === null ? null : String(id);
}

/** Windows PowerShell 5 writes `/Date(1795344313000)/`, PowerShell 7 ISO-8601. */
function timeAt(fields: unknown, key: string): string | number | null {
  const value = valueAt(fields, key);
  if (typeof value === 'number') return value;
  const text = textAt(fields, key);
  const epoch = text === null ? null : /^\/Date\((\d{1,15})\)\/$/.exec(text);
  return epoch === null ? text : Number(epoch[1]);
}
