import assert from 'node:assert/strict';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Text of secret files by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
}

export function load(text: string, { env = {}, files = {} }: Surroundings = {}): LoadedConfig {
  return loadConfig({
    file: '/etc/offrecord/config.yaml',
    text,
    env,
    readSecret: (path) => files[path] ?? Object.assign(new Error('hunter2 was read'), { code: 'ENOENT' }),
    machineZone: 'Europe/Berlin',
  });
}

/** The configuration; fails where it has problems. */
export function configOf(text: string, surroundings?: Surroundings): Config {
  const loaded = load(text, surroundings);
  assert.ok('config' in loaded, JSON.stringify(loaded));
  return loaded.config;
}

/** `line:column message` of each problem. */
export function problemsOf(text: string, surroundings?: Surroundings): string[] {
  const loaded = load(text, surroundings);
  return 'config' in loaded
    ? []
    : loaded.problems.map(({ place, message }) => {
        assert.match(place, /^\/etc\/offrecord\/config\.yaml:\d+:\d+$/);
        return `${place.slice('/etc/offrecord/config.yaml:'.length)} ${message}`;
      });
}

/** The least that a configuration needs, on one line. */
export const LEAST = 'sources: [{id: web, paths: [auth.log]}]\n';
