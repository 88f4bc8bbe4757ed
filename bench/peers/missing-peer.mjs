import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../scripts/embedded/sources/run-command.ts';

const INSTALL_WITHIN_MS = 120_000;

/** A peer that this machine cannot run; the message is the reason in one line. */
export class MissingPeer extends Error {}

/** Installs the packages of package.json beside this file, unless they are there. @throws MissingPeer */
export async function installPeers() {
  const { dependencies } = readJson('package.json');
  const isInstalled = ([name, version]) => {
    try {
      return readJson('node_modules', name, 'package.json').version === version;
    } catch {
      return false;
    }
  };
  if (Object.entries(dependencies).every(isInstalled)) return;
  const args = ['ci', '--prefix', import.meta.dirname, '--ignore-scripts', '--fetch-retries', '0'];
  try {
    await runCommand({ command: 'npm', args, timeoutMs: INSTALL_WITHIN_MS });
  } catch (error) {
    const [code] = /^npm error code .*$/m.exec(error.output) ?? [error.message];
    throw new MissingPeer(`its packages cannot be installed: ${code}`);
  }
}

const readJson = (...path) => JSON.parse(readFileSync(join(import.meta.dirname, ...path), 'utf8'));
