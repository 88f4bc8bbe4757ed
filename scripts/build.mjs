// `npm run build`: dist/main.js (the program) and dist/workflow-bundle.js (the workflows, prebuilt so that a worker
// starts in a third of the time). `npm run build:binary` makes the single executable too, for `--target linux-x64` (by
// default, or whatever this machine is) or linux-arm64. With `--where-possible` a machine that cannot build the
// executable leaves it out with a line: `npm test` then leaves its tests out too (jest.config.js).
import { parseArgs } from 'node:util';
import { executableTarget, programTargets } from './build/targets.mjs';
import { platforms, thisPlatform } from './build/executable/platforms.mjs';
import { whyNoExecutable } from './build/executable/requirements.mjs';
import { bringUpToDate } from './build/stamps.mjs';

const targets = [...programTargets, ...executables(readOptions())];
try {
  for (const target of targets) await bringUpToDate(target);
} catch (error) {
  process.stderr.write(`Build failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function readOptions() {
  try {
    const options = {
      binary: { type: 'boolean' },
      target: { type: 'string' },
      'where-possible': { type: 'boolean' },
    };
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(
      `${error.message}\nnode scripts/build.mjs [--binary [--where-possible] [--target ${platforms.join('|')}]]`,
    );
  }
}

function executables({ binary = false, target = thisPlatform(), 'where-possible': isOptional = false }) {
  if (!binary) return [];
  const why = isOptional ? whyNoExecutable() : null;
  if (why !== null) {
    process.stdout.write(`Build     the single executable and its tests are left out: ${why}\n`);
    return [];
  }
  if (!platforms.includes(target)) refuse(`There is no target ${target}; there are ${platforms.join(', ')}`);
  return [executableTarget(target)];
}

function refuse(line) {
  process.stderr.write(`${line}\n`);
  process.exit(2);
}
