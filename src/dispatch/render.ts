import type { Alert } from '../model/alert.ts';
import type { RenderedAlert } from '../model/delivery.ts';
import { toIso } from '../util/iso.ts';
import { labelsText } from './group.ts';
import { toInert, toLines, toUnlinked } from './inert.ts';
import type { Entry, Message } from './render-entry.ts';
import { toEntry } from './render-entry.ts';
import { renderHtml } from './render-html.ts';

/**
 * An alert as a person reads it: what was seen, what was searched and not found, what to do, where the records are.
 * Never recorded content. Strings from logs are made inert: they cannot start a header, a line, a tag or a link.
 */
export function renderAlert(alert: Alert): RenderedAlert {
  const message: Message = {
    subject: toInert(alert.title),
    summary: toSummary(alert),
    group: Object.keys(alert.groupLabels).length === 0 ? null : toUnlinked(labelsText(alert.groupLabels)),
    entries: alert.findings.map(toEntry),
    omitted: alert.omitted === 0 ? null : `${alert.omitted} more findings of this alert are not listed here.`,
    footer: `offrecord alert ${alert.id}, decided ${toIso(alert.created)}`,
  };
  return { subject: message.subject, text: renderText(message), html: renderHtml(message) };
}

function toSummary(alert: Alert): string {
  const count = alert.findings.length + alert.omitted;
  const findings = count === 1 ? '1 finding' : `${count} findings`;
  if (alert.status === 'resolved') return `${findings} resolved: what was told before holds no longer.`;
  return `${findings} firing; the highest level is ${alert.level}.`;
}

function renderText(message: Message): string {
  const head = [message.summary, ...(message.group === null ? [] : [`Group ${message.group}`])];
  const entries = message.entries.flatMap((entry, index) => ['', ...entryLines(entry, index + 1)]);
  const omitted = message.omitted === null ? [] : ['', message.omitted];
  return [...head, ...entries, ...omitted, '', message.footer, ''].join('\n');
}

const INDENT = '   ';

function entryLines(entry: Entry, number: number): string[] {
  const facts = entry.facts.map(([label, value]) => `${INDENT}${label.padEnd(9)}${value}`);
  return [
    ...wrapped(`${number}. `, entry.heading),
    ...facts,
    ...list('Seen and searched:', entry.evidence),
    ...list('What to do:', entry.runbook),
    ...list('Records:', entry.refs),
  ];
}

function list(heading: string, items: readonly string[]): string[] {
  return items.length === 0
    ? []
    : [`${INDENT}${heading}`, ...items.flatMap((item) => wrapped(`${INDENT}- `, item))];
}

/** Lines of which the first begins with `first` and the others stand below it. */
function wrapped(first: string, text: string): string[] {
  const below = ' '.repeat(first.length);
  return toLines(text, first.length).map((line, index) => `${index === 0 ? first : below}${line}`);
}
