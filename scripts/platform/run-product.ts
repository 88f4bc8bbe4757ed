import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readRunFile, type RunFile } from './run-file.ts';
import { readSecrets } from './secrets-file.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Runs the built product with a flag on the platform that `npm start` runs in this folder, with its own secrets
 * whatever the environment has, or else on the servers that the environment names. Ends the program with its exit code.
 */
export function runProduct(flag: string): never {
  const folder = resolve(root, process.env.PLATFORM_DIR || '.platform');
  const run = readRunFile(join(folder, 'run.json'));
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'main.js'), flag], {
    stdio: 'inherit',
    env: { ...process.env, ...(run === null ? {} : environmentOf(run, folder)) },
  });
  return process.exit(status ?? 1);
}

/** Returns what the product needs to read a running platform. Ends the program when its secrets cannot be read. */
function environmentOf({ mongodbUri, sandboxGateway }: RunFile, folder: string): NodeJS.ProcessEnv {
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
