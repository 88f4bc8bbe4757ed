import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainReporter } from '../../../scripts/embedded/reporter';
import { cacheFolder, installOnce } from '../../../scripts/embedded/sources/cache';
import {
  findPython,
  installWheels,
  pinnedVersion,
  pythonVersion,
  requirementsFile,
} from '../../../scripts/embedded/sources/wheels';
import { checkoutRoot } from '../servers/servers';

export interface Schemathesis {
  python: string;
  /** The folder of the installed wheels, for PYTHONPATH. */
  folder: string;
}

/**
 * Installs the pinned wheels of Schemathesis once, outside the checkout. Returns the reason in words where it cannot be
 * had: no Python of 3.11 or newer, or no registry.
 */
export async function installSchemathesis(): Promise<Schemathesis | string> {
  const python = findPython(process.env);
  if (python === null) return 'python3 is not on PATH';
  try {
    const version = await pythonVersion(process.env);
    const minor = Number(version.split('.')[1]);
    if (!version.startsWith('3.') || minor < 11) return `Schemathesis needs Python 3.11, and python3 is ${version}`;
    const requirements = requirementsFile(checkoutRoot(__dirname), 'schemathesis');
    const text = readFileSync(requirements, 'utf8');
    const pins = createHash('sha256').update(text).digest('hex').slice(0, 8);
    const folder = join(
      cacheFolder(process.env),
      `schemathesis-${pinnedVersion(text, 'schemathesis')}-${pins}-python${version}-${process.arch}`,
    );
    await installOnce({
      folder,
      label: 'Schemathesis: installing the pinned wheels',
      reporter: plainReporter((line) => process.stderr.write(`${line}\n`)),
      install: (target, update) => installWheels({ requirements, target, env: process.env, update }),
    });
    return { python, folder };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
