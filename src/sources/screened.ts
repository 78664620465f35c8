import type { Event, Parsed, Screenable, ScreenMatch } from '../model/event.ts';
import type { Format } from './format.ts';

/** What the rules of one log source say of a record. */
export type RecordScreen = (record: unknown) => readonly ScreenMatch[];

/** What rules say of a record of a log source, e.g. `aws`/`cloudtrail`. */
export type Screen = (
  source: { readonly product: string; readonly service: string },
  record: unknown,
) => readonly ScreenMatch[];

/** The screen for a format's records; null where no rules are written for them. */
export function screenOf(format: Format, screen: Screen | undefined): RecordScreen | null {
  const { screened: source } = format;
  return source === undefined || screen === undefined ? null : (record) => screen(source, record);
}

/**
 * Settles what a decoder offered to the rules: a record that one of them matches becomes an event that carries the
 * matches, and so does one that judging needs anyway. The record itself goes no further.
 */
export function screened(parsed: Parsed, screen: RecordScreen | null): Parsed {
  if (parsed.screen === undefined) return parsed;
  const { screen: offered, ...rest } = parsed;
  const kept = offered.flatMap((one) => settle(one, screen));
  return kept.length === 0 ? rest : { ...rest, events: [...rest.events, ...kept] };
}

function settle({ record, event, always }: Screenable, screen: RecordScreen | null): Event[] {
  const rules = screen === null ? [] : screen(record);
  const { cloud } = event.detail;
  if (rules.length === 0 || cloud === undefined) return always ? [event] : [];
  return [{ ...event, detail: { ...event.detail, cloud: { ...cloud, rules } } }];
}
