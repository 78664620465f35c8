/** Epoch ms → ISO-8601 UTC with milliseconds. Times outside what a Date can hold read as their number. */
export function toIso(timeMs: number): string {
  const whole = Math.floor(timeMs);
  return Math.abs(whole) <= 8.64e15 ? new Date(whole).toISOString() : String(timeMs);
}

/** As `toIso`, or null. */
export function toIsoOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : toIso(timeMs);
}
