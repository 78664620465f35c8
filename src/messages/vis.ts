/**
 * A name as sshd escapes it → the name. sshd doubles backslashes and writes bytes above ASCII in octal, PAM and sudo
 * write the same name as it is: `CORP\\alice` and `CORP\alice`, `J\303\274rgen` and `Jürgen` are one account.
 * Escaped control characters stay escaped: no name needs them, and a terminal must not see them.
 */
export function unescapeName(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\\\|(?:\\[23][0-7]{2})+/g, (match) => (match === '\\\\' ? '\\' : decodeOctal(match)));
}

function decodeOctal(text: string): string {
  const bytes = text
    .split('\\')
    .slice(1)
    .map((octal) => Number.parseInt(octal, 8));
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
