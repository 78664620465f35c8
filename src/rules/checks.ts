/**
 * The check of a rule on another product's records that names none: what it finds is told by its title. Each such
 * rule is a fault of its own, so two of them on one record are two findings.
 */
export const FOREIGN_CHECK = 'foreign-rule';

/** Every check that a finding can name, so that a slip in a rule file is noticed. What each means is in its rule. */
export const CHECKS: readonly string[] = [
  ...words`no-recording out-of-band-access tunnel-unrecordable evidence-class-too-low
    shared-account-unattributed unregistered-principal unmanaged-host unmanaged-session-document
    approval-missing path-not-covered vendor-outside-window use-after-revoke`,
  ...words`recording-disabled recorder-config-changed recorder-produces-nothing recording-failed
    recording-not-closed recording-empty recording-truncated recording-gap recording-altered
    recording-duplicate recording-orphan recording-late recording-not-retrievable recording-deleted-early
    retention-short evidence-store-weakened recording-metadata-incomplete recording-owner-writable
    recorder-field-untrusted coverage-erosion`,
  ...words`break-glass-unaccepted break-glass-review-overdue exception-invalid exception-expiring
    exception-expired exception-unused exception-orphan exception-too-long exception-self-approved
    exception-share-high`,
  ...words`credential-path-gap outcome-missing agent-chain-broken nhi-context-missing`,
  ...words`source-silent source-lagging source-parser-blind source-sequence-gap source-schema-drift
    source-clock-skew source-tampered source-weakened time-assumed low-confidence-match alias-suggested
    check-never-fed run-gap delivery-failing`,
  FOREIGN_CHECK,
];

function words(text: TemplateStringsArray): string[] {
  return text.join('').split(/\s+/);
}
