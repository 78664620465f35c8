/**
 * What a rule on the records of another product has where its file does not say it, so that a rule works as its
 * authors publish it. Sigma asks such a rule for a title, a log source and a detection alone.
 */
export const FOREIGN_DEFAULTS = {
  status: 'experimental',
  level: 'medium',
  summary:
    '{userIdentity.arn|userIdentity.invokedBy} called {eventName} of {eventSource} in {awsRegion}, account ' +
    '{recipientAccountId}, from {sourceIPAddress}.',
  runbook:
    'Ask the person behind the caller whether the call was meant. If nobody knows of it, take the credential away, ' +
    'look at its other calls of the time, and undo the change.',
} as const;

/**
 * Keys of published rules beside those of the specification. They name test material of the rule's authors and
 * change nothing about what it finds (convention of SigmaHQ's collection).
 */
export const FOREIGN_KEYS: readonly string[] = ['regression_tests_path', 'simulation'];
