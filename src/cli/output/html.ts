import type { JudgedAccess } from '../../model/access.ts';
import type { Judgement } from '../../model/judgement.ts';
import { toIso } from '../../util/iso.ts';
import { clock, percent, originText, printable } from './text.ts';

/** The judgement as one self-contained page: no script, no address outside itself. */
export function toHtml(judgement: Judgement, errors: readonly string[]): string {
  const { coverage } = judgement;
  const range =
    coverage.certain === coverage.possible
      ? percent(coverage.certain)
      : `${percent(coverage.certain)} to ${percent(coverage.possible)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>offrecord ${toIso(judgement.now)}</title>
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}</style></head><body>
<h1>Coverage: ${escapeHtml(coverage.privileged === 0 ? 'no privileged access seen' : `${range} recorded`)}</h1>
<p>${coverage.privileged} privileged accesses, judged as of ${escapeHtml(clock(judgement.now))}.
${Object.entries(coverage.byVerdict)
  .map(([verdict, count]) => `<span class="${verdict}">${count} ${verdict}</span>`)
  .join(' · ')}</p>
${errors.length === 0 ? '' : `<h2>Could not be read</h2><ul>${errors.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>`}
<h2>Accesses</h2>
<table><thead><tr><th>Verdict<th>Opened<th>Path<th>Who<th>Target<th>From<th>Why</tr></thead><tbody>
${[...judgement.accesses].sort(worstFirst).map(accessRow).join('\n')}
</tbody></table>
<h2>Findings</h2>
<table><thead><tr><th>Level<th>Check<th>Title<th>Target<th>Evidence<th>What to do</tr></thead><tbody>
${judgement.findings.map(findingRow).join('\n')}
</tbody></table>
<h2>Sources and recorders</h2>
<table><thead><tr><th>Source<th>Kind<th>Records<th>Events<th>Rejected<th>Last</tr></thead><tbody>
${judgement.sources.map(sourceRow).join('\n')}
</tbody></table>
</body></html>
`;
}

const STYLE =
  'body{font:14px/1.4 system-ui,sans-serif;margin:2rem;max-width:100rem}table{border-collapse:collapse}' +
  'td,th{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}' +
  '.recorded{color:#176b2c}.excepted{color:#0b6477}.pending{color:#29509c}.undetermined{color:#7d5a00}' +
  '.inadequate{color:#8a2a86}.unrecorded{color:#b3221e}';

const ORDER = ['unrecorded', 'inadequate', 'undetermined', 'pending', 'excepted', 'recorded'];

function worstFirst(a: JudgedAccess, b: JudgedAccess): number {
  return ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || a.opened - b.opened;
}

function accessRow(access: JudgedAccess): string {
  const who = access.actor === null ? access.account : `${access.actor} as ${access.account}`;
  const from = originText(access);
  const why = access.reasons.map((one) => `${one.code}: ${one.detail}`).join('; ');
  const verdict = `<td class="${access.verdict}">${access.verdict}`;
  return `<tr>${verdict}${cells(clock(access.opened), access.path, who, access.target, from, why)}</tr>`;
}

function findingRow(finding: Judgement['findings'][number]): string {
  const evidence = finding.evidence.join(' ');
  return `<tr>${cells(finding.level, finding.check, finding.title, finding.target ?? '', evidence, finding.runbook)}</tr>`;
}

function sourceRow(source: Judgement['sources'][number]): string {
  const last = source.last === null ? '' : clock(source.last);
  return `<tr>${cells(source.id, source.type, String(source.records), String(source.events), String(source.rejected), last)}</tr>`;
}

function cells(...texts: string[]): string {
  return texts.map((text) => `<td>${escapeHtml(text)}`).join('');
}

/** Log-derived text in a page: markup and control characters made inert. */
function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
