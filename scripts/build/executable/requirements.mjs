import { spawnSync } from 'node:child_process';
import { platforms, thisPlatform } from './platforms.mjs';

/** The first npm with `npm sbom`, which writes the bill of materials. */
const OLDEST_NPM = [10, 2];

const printed = (command, ...args) => {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout : null;
};

/** Returns why this machine cannot build the executable for itself, with the remedy where there is one; else null. */
export function whyNoExecutable() {
  if (!platforms.includes(thisPlatform())) return `${thisPlatform()} is none of ${platforms.join(', ')}`;
  if (printed('strip', '--version') === null) return 'strip is not on PATH; install binutils';
  const npm = printed('npm', '--version')?.trim() ?? 'none';
  const [major = 0, minor = 0] = npm.split('.').map(Number);
  const isNewEnough = major > OLDEST_NPM[0] || (major === OLDEST_NPM[0] && minor >= OLDEST_NPM[1]);
  return isNewEnough
    ? null
    : `npm is ${npm}, and ${OLDEST_NPM.join('.')} is the oldest that writes a bill of materials`;
}
