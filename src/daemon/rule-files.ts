import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type LoadedRules, loadRules } from '../rules/load.ts';
import type { RuleFile } from '../rules/read-rule.ts';
import { packageRoot } from '../util/package-root.ts';

export interface ReadRules extends LoadedRules {
  /** The texts that the rules come from: what they find changes only with them. */
  readonly texts: readonly string[];
}

/** The shipped rules, and the owner's own from the given files and folders, which replace shipped ones by id. */
export async function readRules(ownPaths: readonly string[]): Promise<ReadRules> {
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
  const loaded = loadRules(files);
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
