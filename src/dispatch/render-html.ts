import { toHtml } from './inert.ts';
import type { Entry, Message } from './render-entry.ts';

/** A page of its own: no script, no link, no image, nothing that is fetched when it is read. */
export function renderHtml(message: Message): string {
  const group = message.group === null ? '' : `<p>Group ${toHtml(message.group)}</p>\n`;
  const omitted = message.omitted === null ? '' : `<p><strong>${toHtml(message.omitted)}</strong></p>\n`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${toHtml(message.subject)}</title></head>
<body style="font-family:sans-serif;max-width:60em">
<p><strong>${toHtml(message.summary)}</strong></p>
${group}<ol>
${message.entries.map(renderEntry).join('\n')}
</ol>
${omitted}<p><small>${toHtml(message.footer)}</small></p>
</body>
</html>
`;
}

function renderEntry(entry: Entry): string {
  const facts = entry.facts.map(([label, value]) => `<dt>${toHtml(label)}</dt>\n<dd>${toHtml(value)}</dd>`);
  return `<li>
<h3>${toHtml(entry.heading)}</h3>
<dl>
${facts.join('\n')}
</dl>
${renderList('Seen and searched', entry.evidence)}${renderList('What to do', entry.runbook)}${renderList('Records', entry.refs)}</li>`;
}

function renderList(heading: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const lines = items.map((item) => `<li>${toHtml(item)}</li>`);
  return `<p>${heading}:</p>\n<ul>\n${lines.join('\n')}\n</ul>\n`;
}
