import { resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../util/secret.ts';
import type { ReadContext } from './context.ts';

const EXPECTED = 'must be {env: NAME} or {file: path}: a secret is never written into the configuration';

/** A secret: named in the configuration by an environment variable or a file, and read while the file is loaded. */
export function secret(context: ReadContext, description: string) {
  return z
    .union([z.strictObject({ env: envName }), z.strictObject({ file: z.string().min(1) })], {
      error: EXPECTED,
    })
    .meta({ description })
    .transform((reference, issues) => {
      const found = 'env' in reference ? fromEnv(context, reference.env) : fromFile(context, reference.file);
      if (typeof found !== 'string') return new Secret(found.value);
      issues.addIssue({ code: 'custom', message: found });
      return z.NEVER;
    });
}

const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: 'must be the name of an environment variable' });

/** The value, or why there is none: without the name, for a secret may stand where its name should. */
type Found = { readonly value: string } | string;

function fromEnv(context: ReadContext, name: string): Found {
  const value = Object.hasOwn(context.env, name) ? context.env[name] : undefined;
  if (value === undefined) return 'names an environment variable that is not set';
  return value === '' ? 'names an environment variable that is empty' : { value };
}

function fromFile(context: ReadContext, file: string): Found {
  const text = context.readSecret(resolve(context.folder, file));
  // An error may quote what it read; its code does not.
  if (typeof text !== 'string') return `names a file that cannot be read (${codeOf(text)})`;
  // Editors and `echo` end a file with a line break that is no part of the secret.
  const value = text.replace(/\r?\n$/, '');
  return value === '' ? 'names a file that is empty' : { value };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
