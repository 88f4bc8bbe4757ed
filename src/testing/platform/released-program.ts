import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '../servers/servers';

const root = checkoutRoot(__dirname);
const built = `require(${JSON.stringify(join(root, 'dist/main.js'))});`;
const isQuery = "process.argv.some((argument) => ['--version', '--check'].includes(argument))";
const whenStarted = (instead: string): string => `if (${isQuery}) ${built} else { ${instead} }`;

/** Programs that must not replace the built one, though they say its version and pass its check. */
export const badPrograms = {
  dies: whenStarted('process.exit(1);'),
  // It waits for a database that is not there.
  hangs: whenStarted(`process.env.MONGODB_URI = 'mongodb://127.0.0.1:9/nowhere'; ${built}`),
} as const;

const isCheck = "process.argv.includes('--check')";
/** A program that does not pass its check. */
export const failedCheck = `if (${isCheck}) { console.log('failed  x'); process.exit(1); } ${built}`;

/** The files of a checkout that run in production. */
const FILES = ['dist/main.js', 'dist/workflow-bundle.js', 'openapi.yaml', 'package.json', 'ecosystem.config.js'];

/**
 * Puts the built program into a folder of its own, where other programs can take its place by rename, as a deployment
 * does.
 */
export function releaseProgram(name: string) {
  const folder = join(root, '.platform-test', `program-${name}`);
  const file = join(folder, 'dist/main.js');
  const put = (write: (draft: string) => void): void => {
    const draft = `${file}.draft`;
    write(draft);
    renameSync(draft, file);
  };
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const file of FILES) copyFileSync(join(root, file), join(folder, file));
  return {
    folder,
    file,
    /** Puts the built program in place, as a new file. */
    restore: () => put((draft) => copyFileSync(join(root, 'dist/main.js'), draft)),
    /** Puts a program of this text in place. */
    replaceBy: (text: string) => put((draft) => writeFileSync(draft, text)),
  };
}
