import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type LoadedRules, loadRules } from '../rules/load.ts';
import type { RuleFile } from '../rules/read-rule.ts';
import { packageRoot } from '../util/package-root.ts';

export interface ReadRules extends LoadedRules {
  /** The texts that the rules come from: what they find changes only with them. */
  readonly texts: readonly string[];
}

/** The tests of a rule stand last in its file, and are most of it. */
const TESTS = /\ntests:\n[\s\S]*$/;

/**
 * The shipped rules, and the owner's own from the given files and folders, which replace shipped ones by id. The tests
 * that shipped rules carry are read only on request: reading them takes four fifths of a start.
 */
export async function readRules(
  ownPaths: readonly string[],
  { tests = false }: { readonly tests?: boolean } = {},
): Promise<ReadRules> {
  const root = packageRoot();
  const shipped = await readRuleFolder(join(root, 'rules'), root, false);
  const own: RuleFile[] = [];
  const problems: { place: string; message: string }[] = [];
  for (const path of ownPaths) {
    try {
      own.push(...(await readRuleFolder(path, null, true)));
    } catch (error) {
      problems.push({ place: path, message: error instanceof Error ? error.message : 'cannot be read' });
    }
  }
  const isShipped = (file: RuleFile) => shipped.some((one) => one.file === relative(root, file.file));
  const files = [...shipped, ...own.filter((file) => !isShipped(file))];
  const loaded = loadRules(
    files.map((file) =>
      file.own === true || tests ? file : { ...file, text: file.text.replace(TESTS, '\n'), headOnly: true },
    ),
  );
  const texts = files.map(({ text }) => text);
  return { rules: loaded.rules, problems: [...problems, ...loaded.problems], texts };
}

async function readRuleFolder(path: string, root: string | null, own: boolean): Promise<RuleFile[]> {
  const isFile = (await stat(path)).isFile();
  const names = isFile ? [''] : await readdir(path, { recursive: true });
  const files = names
    .map((name) => (name === '' ? path : join(path, name)))
    .filter((name) => /\.ya?ml$/.test(name));
  return Promise.all(
    files.sort().map(async (file) => ({
      file: root === null ? file : relative(root, file),
      text: await readFile(file, 'utf8'),
      own,
    })),
  );
}
