import { readRules } from '../daemon/rule-files.ts';
import { testRules } from '../rules/report.ts';
import { readConfigFile } from './config-file.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { fit, fitEnd, plural } from './output/text.ts';

export interface RulesOptions {
  readonly config?: string;
}

/** Runs the tests that rule files carry; exit 1 where one fails, 2 where a file cannot be honoured. */
export async function test(options: RulesOptions, io: Io): Promise<ExitCode> {
  const loaded = await load(options, io);
  if (!loaded) return EXIT.failed;
  const results = testRules(loaded.rules);
  const failed = results.filter((one) => !one.ok);
  for (const one of failed) {
    const said = one.matched ? 'matches' : 'does not match';
    await io.out(
      `FAIL ${one.place}: "${one.test}" ${said}, expected ${one.expected ? 'a match' : 'none'} (${one.title})\n`,
    );
  }
  await io.out(
    `${plural(loaded.rules.length, 'rule')}, ${results.length - failed.length} passed, ${failed.length} failed\n`,
  );
  if (loaded.problems.length > 0) return EXIT.failed;
  return failed.length > 0 ? EXIT.report : EXIT.ok;
}

/** Lists rules with what they say. */
export async function list(options: RulesOptions, io: Io): Promise<ExitCode> {
  const loaded = await load(options, io);
  if (!loaded) return EXIT.failed;
  for (const rule of loaded.rules) {
    const level = rule.kind === 'finding' ? rule.level : rule.classify;
    const check = rule.kind === 'finding' ? rule.check : '';
    const source = `${rule.product}/${rule.service}`;
    const state = rule.enabled ? '' : ` (off: ${rule.switchedOffBy ?? rule.file})`;
    const from = rule.overrides === null ? '' : ` (replaces ${rule.overrides})`;
    await io.out(
      `${fit(level, 14)} ${fit(check, 30)} ${fit(source, 20)} ${fitEnd(rule.file, 48)} ${rule.title}${from}${state}\n`,
    );
  }
  return loaded.problems.length > 0 ? EXIT.failed : EXIT.ok;
}

async function load(options: RulesOptions, io: Io) {
  const config = options.config === undefined ? null : await readConfigFile(options.config, io);
  if (options.config !== undefined && config === null) return null;
  const loaded = await readRules(config?.rules.paths ?? [], { tests: true });
  for (const { place, message } of loaded.problems) io.err(`${place}: ${message}\n`);
  return loaded;
}
