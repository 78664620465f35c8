import type { OwnLogin } from '../assess/own-access.ts';
import type { Config } from '../config/schema.ts';
import type { Rule } from '../rules/rule.ts';
import { readExceptionFiles } from './exception-files.ts';
import { type ExceptionJudging, toExceptionJudging } from './exception-judging.ts';
import { ownLogins } from './hosts/own-logins.ts';
import { readRules } from './rule-files.ts';
import { type JudgingSettings, toJudgingSettings } from './settings.ts';

/** Everything that a reload replaces as a whole. */
export interface LoadedSettings {
  readonly config: Config;
  readonly judging: JudgingSettings;
  readonly rules: readonly Rule[];
  /** How offrecord itself logs in to hosts. */
  readonly own: readonly OwnLogin[];
  /** Exceptions as of a time (epoch ms). */
  exceptionsAt(now: number): ExceptionJudging;
  /** Digest of what verdicts depend on beside the facts: a change means that everything is judged anew. */
  readonly fingerprint: string;
}

export type SettingsProblems = readonly { readonly place: string; readonly message: string }[];

/** Reads rules and exceptions of a configuration. Broken rules are a reason not to start; broken exceptions are not. */
export async function loadSettings(
  config: Config,
): Promise<{ settings: LoadedSettings } | { problems: SettingsProblems }> {
  const rules = await readRules(config.rules.paths ?? []);
  if (rules.problems.length > 0) return { problems: rules.problems };
  const read = await readExceptionFiles([config.exceptions.path]);
  const judging = toJudgingSettings(config);
  const own = await ownLogins(config, judging.identity);
  // A folder that does not exist holds no exceptions; one that cannot be read is told as a broken exception.
  const unreadable = read.problems.filter((one) => !one.message.startsWith('there is no'));
  const files = [
    ...read.files,
    ...unreadable.map(({ place, message }) => ({ file: place, text: `# ${message}` })),
  ];
  return {
    settings: {
      config,
      judging,
      rules: rules.rules,
      own,
      exceptionsAt: (now) => toExceptionJudging(files, config, judging.identity, now),
      fingerprint: JSON.stringify([
        files,
        config.inventory,
        [...config.tiers],
        config.judging,
        config.breakGlass,
        config.exceptions,
        rules.texts,
        own,
      ]),
    },
  };
}
