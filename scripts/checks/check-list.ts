import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One step of `npm test`. */
export interface Check {
  name: string;
  command: string;
  args: string[];
  /** Its tests are counted from jest's report at this path. */
  report?: string;
  /** Runs beside the checks that follow, up to the next one with tests; what it prints comes when it has ended. */
  beside?: true;
}

const SOURCE_FOLDERS = ['src', 'config', 'workflows', 'activities'];

/** The layers of tests, in the order in which they run. */
export const layers = ['unit', 'integration', 'timed', 'system'] as const;
export type Layer = (typeof layers)[number];

export interface ChecksInput {
  root: string;
  /** Names of the scripts in package.json. */
  scripts: readonly string[];
  /** Where jest's reports go. */
  folder: string;
  /** Only tests whose path in the checkout holds one of these words; all tests where there are none. */
  words?: readonly string[];
}

/** Every step in the order in which they begin: the build, then what fails fastest. */
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
    // Unit tests replay histories over the bundle that ships.
    { name: 'build', command: 'node', args: [join('scripts', 'build.mjs')] },
    { ...jest('unit'), beside: true },
    { name: 'format', command: 'oxfmt', args: ['--check'] },
    { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
    { name: 'types', command: 'tsc', args: ['--noEmit'] },
    { name: 'types-scripts', command: 'tsc', args: ['--noEmit', '-p', 'scripts'] },
    { name: 'imports', command: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', ...folders] },
    ...(scripts.includes('lint:spec')
      ? [{ name: 'spec', command: 'npm', args: ['run', '--silent', 'lint:spec'] }]
      : []),
    // They wait as much as they work: so many files at once keep two cores busy.
    jest('integration', '--maxWorkers=4'),
    jest('timed', '--runInBand'),
    jest('system', '--maxWorkers=4'),
  ];
}

/** Returns a pattern for jest: jest holds it against absolute paths, the words are meant below the checkout. */
export function pathPattern({ root, words }: { root: string; words: readonly string[] }): string {
  const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return `^${literal(root)}/.*(${words.map(literal).join('|')})`;
}
