import { dirname, resolve } from 'node:path';
import { decodeYaml } from '../util/decode-yaml.ts';
import { type PlacedProblem, type PlacedYaml, parseYaml, type YamlProblem } from '../util/yaml-places.ts';
import type { ReadContext } from './context.ts';
import { findReferenceProblems } from './references.ts';
import { type Config, configSchema } from './schema.ts';

export interface ConfigText {
  /** The configuration file as the user named it; places begin with it, and its folder is where paths start. */
  readonly file: string;
  readonly text: string;
  readonly env: ReadContext['env'];
  readonly readSecret: ReadContext['readSecret'];
  /** IANA zone of this machine, for times without zone. */
  readonly machineZone?: string;
}

export type LoadedConfig = { readonly config: Config } | { readonly problems: readonly PlacedProblem[] };

/**
 * Reads a configuration: typed and with its secrets, or every problem at once with `file:line:column`, in the order of
 * the file. Total: no text makes it throw. No message quotes a value.
 */
export function loadConfig({ file, text, env, readSecret, machineZone }: ConfigText): LoadedConfig {
  const yaml = parseYaml(file, text);
  if (yaml.value === undefined) return toProblems(yaml.problems);
  const notMapping = rootProblem(yaml);
  if (notMapping !== null) return toProblems([...yaml.problems, notMapping]);
  const context = { folder: dirname(resolve(file)), env, readSecret };
  const zone = machineZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const decoded = decodeYaml(yaml, configSchema(context, zone));
  const problems = [
    ...yaml.problems,
    ...('problems' in decoded ? decoded.problems : []),
    ...findReferenceProblems(yaml),
  ];
  return 'value' in decoded && problems.length === 0 ? { config: decoded.value } : toProblems(problems);
}

function rootProblem(yaml: PlacedYaml): YamlProblem | null {
  const { value } = yaml;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return null;
  const message =
    value === null
      ? 'the file is empty; it needs at least `sources`'
      : 'the file must be a mapping of keys to values, such as `sources:`';
  return { offset: 0, place: yaml.placeAt(0), message };
}

// More than anyone mends in one go.
const PROBLEMS_SHOWN = 100;

function toProblems(problems: readonly YamlProblem[]): LoadedConfig {
  const sorted = problems.toSorted((a, b) => a.offset - b.offset);
  const shown = sorted.slice(0, PROBLEMS_SHOWN).map(({ place, message }) => ({ place, message }));
  const more = sorted[PROBLEMS_SHOWN];
  if (more === undefined) return { problems: shown };
  return {
    problems: [
      ...shown,
      { place: more.place, message: `and ${sorted.length - PROBLEMS_SHOWN} more problems` },
    ],
  };
}
