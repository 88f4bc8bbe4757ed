import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { chmodSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from '../stamps.mjs';

/** Its library prints warnings of a parser that concern nobody; its program's output is ours to show. */
const postject = createRequire(inRoot('package.json')).resolve('postject/dist/cli.js');

/** In every Node; the injection flips the digit behind it, by which Node knows that it has a program. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
/**
 * V8's young generation of 16 MB, as PM2's file and the image have it. More options come from NODE_OPTIONS, as with
 * `node` itself.
 */
const NODE_OPTIONS = ['--max-semi-space-size=16'];

/**
 * Writes the executable: a copy of Node, stripped of its symbols before and not after, with the program and its assets
 * in it. `main` is the program's file; `assets` are contents by name; `folder` is for files in between.
 */
export function injectProgram({ main, assets, node, folder, executable }) {
  const blob = join(folder, 'program.blob');
  const config = join(folder, 'sea.json');
  const settings = {
    main,
    output: blob,
    disableExperimentalSEAWarning: true,
    // A cache of compiled code holds only for the very Node that made it.
    useCodeCache: node.runsHere,
    execArgv: NODE_OPTIONS,
    execArgvExtension: 'env',
    assets: writeAssets({ assets, folder }),
  };
  writeFileSync(config, JSON.stringify(settings));
  const bare = join(folder, 'node');
  copyFileSync(node.file, bare);
  chmodSync(bare, 0o755);
  if (node.runsHere) run('strip', [bare]);
  run(node.runsHere ? bare : node.here, ['--experimental-sea-config', config]);
  run(node.here, [postject, bare, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
  renameSync(bare, executable);
}

function writeAssets({ assets, folder }) {
  return Object.fromEntries(
    Object.entries(assets).map(([name, contents]) => {
      const file = join(folder, 'assets', name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, contents);
      return [name, file];
    }),
  );
}

/** @throws Error with the program's own words */
function run(command, args) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error?.code === 'ENOENT') throw new Error(`${command} is not on PATH: it comes with binutils`);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.trim()}`);
}
