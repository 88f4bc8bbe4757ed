// `npm run ledger:verify`: checks our books and compares them with the simulated gateway's own, item by item. Reads the
// platform that `npm start` runs in this folder, with its own secrets whatever the environment has, or else the servers
// that the environment names. Exits with 1 when anything differs.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readRunFile, type RunFile } from './platform/run-file.ts';
import { readSecrets } from './platform/secrets-file.ts';

const root = join(import.meta.dirname, '..');
const folder = resolve(root, process.env.PLATFORM_DIR || '.platform');
const run = readRunFile(join(folder, 'run.json'));

/** Returns what the product needs to read a running platform. Ends the program when its secrets cannot be read. */
function environmentOf({ mongodbUri, sandboxGateway }: RunFile): NodeJS.ProcessEnv {
  try {
    const { operatorKey, tokenSecret, sandboxWebhookSecret } = readSecrets(join(folder, 'state.json'));
    return {
      MONGODB_URI: mongodbUri,
      SANDBOX_GATEWAY_URL: sandboxGateway,
      SANDBOX_WEBHOOK_SECRET: sandboxWebhookSecret,
      OPERATOR_KEY: operatorKey,
      TOKEN_SECRET: tokenSecret,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(1);
  }
}

const { status } = spawnSync(process.execPath, [join(root, 'dist', 'main.js'), '--verify-ledger'], {
  stdio: 'inherit',
  env: { ...process.env, ...(run === null ? {} : environmentOf(run)) },
});
process.exit(status ?? 1);
