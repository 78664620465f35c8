import type { Config } from '../config/schema.ts';
import type { ExceptionProblem } from '../model/exception.ts';
import type { Judgement } from '../model/judgement.ts';
import type { LoadedRules } from '../rules/load.ts';
import { toScreen } from '../rules/screen.ts';
import { collectFolder, type FolderOptions } from './collect/folder.ts';
import type { ExceptionFile } from '../exceptions/load.ts';
import { type ExceptionFiles, readExceptionFiles } from './exception-files.ts';
import { toExceptionJudging } from './exception-judging.ts';
import { judge } from './judge/judge.ts';
import { readRules } from './rule-files.ts';
import { toJudgingSettings } from './settings.ts';

export interface CheckOptions extends FolderOptions {
  readonly config: Config | null;
  /** Accesses that opened in [from, to), epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Rules that were read already; else the shipped ones and those of the configuration. */
  readonly rules?: LoadedRules;
}

export interface CheckResult {
  readonly judgement: Judgement;
  /** What could not be read or understood, each with its place. */
  readonly errors: readonly string[];
  readonly skipped: readonly string[];
  /** Given paths that were read and hold nothing that offrecord knows. */
  readonly unknownPaths: readonly string[];
}

/** Reads folders and judges what they hold, once. Sends and stores nothing. */
export async function checkFolder(paths: readonly string[], options: CheckOptions): Promise<CheckResult> {
  const rules = options.rules ?? (await readRules(options.config?.rules.paths ?? []));
  const facts = await collectFolder(paths, { ...options, screen: toScreen(rules.rules) });
  const settings = toJudgingSettings(options.config);
  const configured =
    options.config === null ? NO_FILES : await readExceptionFiles([options.config.exceptions.path]);
  const files = unique([...facts.exceptionFiles, ...configured.files]);
  const exceptions = toExceptionJudging(files, options.config, settings.identity, options.now);
  const judgement = judge(
    { ...facts, controls: [], exceptionProblems: exceptions.problems, runs: [] },
    {
      ...settings,
      now: options.now,
      rules: rules.rules,
      applyException: exceptions.apply,
      exceptionHygiene: exceptions.hygiene,
      silentAfterMs: () => null,
      from: options.from,
      to: options.to,
    },
  );
  const broken = rules.problems.map(({ place, message }) => `${place}: ${message}`);
  return {
    judgement,
    errors: [...facts.errors, ...broken, ...exceptions.problems.map(problemText)],
    skipped: facts.skipped,
    unknownPaths: facts.unknownPaths,
  };
}

const NO_FILES: ExceptionFiles = { files: [], problems: [] };

/** The configured folder may lie below the paths that are judged. */
function unique(files: readonly ExceptionFile[]): ExceptionFile[] {
  return [...new Map(files.map((file) => [file.text, file])).values()];
}

function problemText({ place, message }: ExceptionProblem): string {
  return `${place}: ${message}`;
}
