/** What a configuration is read with besides its text. */
export interface ReadContext {
  /** Absolute folder of the configuration file: relative paths start here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a secret's file, or why it cannot be read. */
  readonly readSecret: (path: string) => string | Error;
}
