const MEASUREMENT: ReadonlySet<string> = new Set([
  'time-assumed',
  'run-gap',
  'delivery-failing',
  'check-never-fed',
  'low-confidence-match',
  'alias-suggested',
]);

/**
 * True for checks of the measurement itself and of exceptions. They cannot be excepted: who could silence the doubt
 * about a source, or about an exception, could hide everything behind it.
 */
export function isUnexceptable(check: string): boolean {
  return check.startsWith('source-') || check.startsWith('exception-') || MEASUREMENT.has(check);
}
