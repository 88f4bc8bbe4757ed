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

export interface ChecksInput {
  root: string;
  /** Names of the scripts in package.json. */
  scripts: readonly string[];
  /** Where jest's reports go. */
  folder: string;
}

/** Every step in the order in which they begin: what fails fastest first, what needs a build after the build. */
export function listChecks({ root, scripts, folder }: ChecksInput): Check[] {
  const jest = (project: string, ...flags: string[]): Check => {
    const report = join(folder, `${project}.json`);
    return {
      name: project,
      command: 'jest',
      args: ['--selectProjects', project, '--passWithNoTests', '--json', `--outputFile=${report}`, ...flags],
      report,
    };
  };
  const folders = SOURCE_FOLDERS.filter((name) => existsSync(join(root, name)));
  return [
    { ...jest('unit'), beside: true },
    { name: 'format', command: 'oxfmt', args: ['--check'] },
    { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
    { name: 'types', command: 'tsc', args: ['--noEmit'] },
    { name: 'types-scripts', command: 'tsc', args: ['--noEmit', '-p', 'scripts'] },
    { name: 'imports', command: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', ...folders] },
    ...(scripts.includes('lint:spec')
      ? [{ name: 'spec', command: 'npm', args: ['run', '--silent', 'lint:spec'] }]
      : []),
    { name: 'build', command: 'node', args: [join('scripts', 'build.mjs')] },
    // They wait as much as they work: so many files at once keep two cores busy.
    jest('integration', '--maxWorkers=4'),
    jest('timed', '--runInBand'),
    jest('system', '--maxWorkers=4'),
  ];
}
