import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot } from './servers';

/** Brings program and workflow bundle up to date: every test that runs them runs what ships. */
export default function buildFirst(): void {
  const build = join(checkoutRoot(__dirname), 'scripts', 'build.mjs');
  execFileSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
}
