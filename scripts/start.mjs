#!/usr/bin/env node
// `npm start`: runs on the machine's own Node, installs the packages, then hands over to platform.ts on Node 24.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, fail, handOver } from './bootstrap/install.mjs';

const FLAGS = {
  '--no-tour': 'start without the short tour through the API',
  '--servers-only': 'only Temporal, MongoDB, Redis and the mail inbox (npm run stack)',
  '--watch': 'build again and restart the processes when a source file changes (npm run dev)',
  '--help': 'show this',
};

const args = process.argv.slice(2);
const unknown = args.find((flag) => !Object.hasOwn(FLAGS, flag));
if (unknown !== undefined) fail(`Unknown flag ${unknown}; there are ${Object.keys(FLAGS).join(', ')}`, 2);

if (args.includes('--help')) {
  const lines = Object.entries(FLAGS).map(([flag, meaning]) => `  ${flag.padEnd(15)} ${meaning}`);
  process.stdout.write(
    `npm start -- [flags]\n\nBuilds the platform and runs it with its servers until Ctrl-C.\n\n${lines.join('\n')}\n`,
  );
} else {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  await ensureInstalled(root);
  handOver({ root, program: 'platform.ts', args });
}
