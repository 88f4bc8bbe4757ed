import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from './servers';

/** Builds the program and the workflow bundle, so that tests run the code that ships. */
export default function buildFirst(): void {
  const build = join(checkoutRoot(__dirname), 'scripts', 'build.mjs');
  execFileSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
}
