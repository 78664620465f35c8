import { z } from 'zod';
import { configSchema } from './schema.ts';

/** JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function toJsonSchema(): unknown {
  const nothing = { folder: '/', env: {}, readSecret: () => '' };
  const schema = z.toJSONSchema(configSchema(nothing, 'UTC'), { io: 'input' });
  // Each of them is a witness; without one the file is refused.
  const anyOf = ['sources', 'aws', 'hosts', 'receive'].map((block) => ({ required: [block] }));
  return { title: 'offrecord configuration', ...schema, anyOf };
}
