import type { Alert } from '../../model/alert.ts';
import type { Finding } from '../../model/finding.ts';
import { toIso } from '../../util/iso.ts';

/** Bytes: Standard Webhooks advises less than 20 KB. */
const MAX_BYTES = 20_000;

/**
 * The body of a webhook; the same for every attempt. As many findings as fit are listed, the others are counted in
 * `omitted`. Strings are as the log has them: JSON keeps them apart from everything else.
 */
export function toBody(alert: Alert): string {
  const findings = alert.findings.map(toWire);
  const some = findings.slice(0, fitting(findings, MAX_BYTES - Buffer.byteLength(encode(alert, []))));
  if (some.length > 0 || findings.length === 0) return encode(alert, some);
  return encode(alert, alert.findings.slice(0, 1).map(shorten).map(toWire));
}

type WireFinding = Omit<Finding, 'time'> & { readonly time: string };

function toWire(finding: Finding): WireFinding {
  return { ...finding, time: toIso(finding.time) };
}

/** How many of the findings, from the first on, fit into so many bytes. */
function fitting(findings: readonly WireFinding[], bytes: number): number {
  let left = bytes;
  const first = findings.findIndex((finding) => {
    left -= Buffer.byteLength(JSON.stringify(finding)) + ','.length;
    return left < 0;
  });
  return first === -1 ? findings.length : first;
}

function encode(alert: Alert, findings: readonly WireFinding[]): string {
  return JSON.stringify({
    type: `offrecord.alert.${alert.status}`,
    timestamp: toIso(alert.created),
    data: {
      id: alert.id,
      receiver: alert.receiver,
      status: alert.status,
      level: alert.level,
      title: alert.title,
      created: toIso(alert.created),
      group_labels: Object.fromEntries(
        Object.entries(alert.groupLabels).map(([label, value]) => [label, cut(value)]),
      ),
      findings,
      omitted: alert.omitted + alert.findings.length - findings.length,
    },
  });
}

/**
 * Limits of a finding that alone is too long. Worst case: 8 + 4 × 2 + 9 strings of 100 UTF-16 units, 6 bytes each
 * where JSON escapes them, are 15,000 bytes; with the keys, title and labels below 20,000. Uids are ours and short.
 */
const MOST = { characters: 100, evidence: 8, refs: 4 } as const;

function shorten(finding: Finding): Finding {
  return {
    ...finding,
    check: cut(finding.check),
    rule: cut(finding.rule),
    title: cut(finding.title),
    subject: { type: finding.subject.type, uid: cut(finding.subject.uid) },
    target: finding.target === null ? null : cut(finding.target),
    account: finding.account === null ? null : cut(finding.account),
    evidence: finding.evidence.slice(0, MOST.evidence).map(cut),
    runbook: cut(finding.runbook),
    refs: finding.refs
      .slice(0, MOST.refs)
      .map((ref) => ({ source: cut(ref.source), record: cut(ref.record) })),
  };
}

function cut(text: string): string {
  return text.length > MOST.characters ? `${text.slice(0, MOST.characters - 1)}…` : text;
}
