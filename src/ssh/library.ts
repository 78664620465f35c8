import type * as Module from 'ssh2';

export type Ssh2 = typeof Module;

/** The ssh client, loaded when the first host is reached: whoever reads files alone never waits for it. */
export async function loadSsh2(): Promise<Ssh2> {
  // A CommonJS module: only its default holds all of its names, of which its types know nothing.
  const module = (await import('ssh2')) as unknown as { readonly default: Ssh2 };
  return module.default;
}
