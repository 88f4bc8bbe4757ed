import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One step of `npm test`. */
export interface Check {
  name: string;
  command: string;
  args: string[];
  /** Path of jest's report, from which the tests are counted. */
  report?: string;
  /** Runs beside the following checks, up to the next one with tests. The output is printed at the end. */
  beside?: true;
}

const SOURCE_FOLDERS = ['src', 'config', 'workflows', 'activities', 'scripts'];

/** The layers of tests, in the order in which they run. */
export const layers = ['unit', 'integration', 'timed', 'system'] as const;
export type Layer = (typeof layers)[number];

export interface ChecksInput {
  root: string;
  /** Names of the scripts in package.json. */
  scripts: readonly string[];
  /** Folder of jest's reports. */
  folder: string;
  /** Selects the tests whose path in the checkout contains one of these words. Defaults to all tests. */
  words?: readonly string[];
}

/** Returns every step in the order of their starts: the build, then the steps that fail fastest. */
export function listChecks({ root, scripts, folder, words = [] }: ChecksInput): Check[] {
  const paths = words.length === 0 ? [] : [`--testPathPatterns=${pathPattern({ root, words })}`];
  const jest = (project: Layer, ...flags: string[]): Check => {
    const report = join(folder, `${project}.json`);
    return {
      name: project,
      command: 'jest',
      args: ['--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${report}`, ...paths, ...flags],
      report,
    };
  };
  const folders = SOURCE_FOLDERS.filter((name) => existsSync(join(root, name)));
  return [
    // Unit tests replay histories over the bundle that ships; others run the single executable.
    { name: 'build', command: 'node', args: [join('scripts', 'build.mjs'), '--binary', '--where-possible'] },
    { ...jest('unit'), beside: true },
    { name: 'format', command: 'oxfmt', args: ['--check'] },
    { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
    { name: 'types', command: 'tsc', args: ['--noEmit'] },
    { name: 'types-scripts', command: 'tsc', args: ['--noEmit', '-p', 'scripts'] },
    { name: 'imports', command: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', ...folders] },
    ...(scripts.includes('lint:spec')
      ? [{ name: 'spec', command: 'npm', args: ['run', '--silent', 'lint:spec'] }]
      : []),
    // The tests wait as much as they work: four files at a time keep two cores busy.
    jest('integration', '--maxWorkers=4'),
    jest('timed', '--runInBand'),
    jest('system', '--maxWorkers=4'),
  ];
}

/** Returns a pattern for jest, which matches absolute paths, from words that must match below the checkout. */
export function pathPattern({ root, words }: { root: string; words: readonly string[] }): string {
  const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return `^${literal(root)}/.*(${words.map(literal).join('|')})`;
}
