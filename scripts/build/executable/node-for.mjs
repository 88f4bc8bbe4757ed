import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dist, inRoot } from '../stamps.mjs';
import { thisPlatform } from './platforms.mjs';

const pinned = inRoot('node_modules/node');

/**
 * Returns the file of the pinned Node for a platform: the one that runs this project, or else the package of another
 * platform's, which npm fetches once. `here` runs on this machine and has the same version.
 *
 * @throws Error with one line when it cannot be had
 */
export function nodeFor(platform) {
  const here = join(pinned, 'bin/node');
  if (!existsSync(here)) throw new Error('There is no node_modules/node/bin/node: run npm ci');
  const { version } = JSON.parse(readFileSync(join(pinned, 'package.json'), 'utf8'));
  const runsHere = platform === thisPlatform();
  return { version, here, runsHere, file: runsHere ? here : fetchNode({ platform, version }) };
}

function fetchNode({ platform, version }) {
  const folder = join(dist, `.node-${platform}-${version}`);
  const file = join(folder, 'package/bin/node');
  if (existsSync(file)) return file;
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const name = `node-${platform}@${version}`;
  const refuse = (why) => new Error(`There is no Node ${version} for ${platform}: npm pack ${name} ${why}`);
  const { error, status, stderr } = spawnSync('npm', ['pack', name, '--silent', '--pack-destination', draft], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw refuse(`did not start (${error.code})`);
  if (status !== 0) throw refuse(`failed (${/E\w+/.exec(stderr)?.[0] ?? `exit code ${status}`})`);
  const archive = readdirSync(draft).find((entry) => entry.endsWith('.tgz'));
  const unpacked = spawnSync('tar', ['-xzf', join(draft, archive), '-C', draft, 'package/bin/node'], {
    encoding: 'utf8',
  });
  if (unpacked.status !== 0) throw refuse('brought no program');
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return file;
}
