import { spawn } from 'node:child_process';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkoutRoot } from '../servers/servers';
import type { Schemathesis } from './install-schemathesis';

export interface RunSchemathesisInput {
  schemathesis: Schemathesis;
  /** Base of the API, with its path. */
  api: string;
  seed: number;
  /** Keys, secrets and addresses for hooks.py. */
  environment: Record<string, string>;
  maxSeconds: number;
}

export interface SchemathesisRun {
  /** Schemathesis's own report; it names each failed check with a `curl` line. */
  output: string;
  /** True when no check failed. */
  passed: boolean;
  /** Operations as "POST /payments" that responded 2xx at least once. */
  reached: Set<string>;
}

interface ScenarioFinished {
  recorder?: {
    cases: Record<string, { value: { method: string; path: string } }>;
    interactions?: Record<string, { response?: { status_code: number } | null }>;
  };
}

const CHECKS =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,' +
  'response_schema_conformance';

/** Runs Schemathesis: each operation by itself, then random chains of requests along the links of openapi.yaml. */
export async function runSchemathesis(input: RunSchemathesisInput): Promise<SchemathesisRun> {
  const { schemathesis, api, seed, environment, maxSeconds } = input;
  const root = checkoutRoot(__dirname);
  const folder = join(root, '.platform-test', `schemathesis-${seed}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const report = join(folder, 'report.ndjson');
  const options = {
    '--url': api,
    '--phases': 'fuzzing,stateful',
    '--mode': 'positive',
    '--seed': String(seed),
    '--max-redirects': '0',
    '--request-timeout': '40',
    '--checks': CHECKS,
    '--report': 'ndjson',
    '--report-ndjson-path': report,
    '--generation-database': 'none',
  };
  const config = ['--config-file', join(__dirname, 'schemathesis.toml')];
  const flags = ['--no-color', '--continue-on-failure', '--no-shrink', ...Object.entries(options).flat()];
  const args = ['-m', 'schemathesis.cli', ...config, 'run', join(root, 'openapi.yaml'), ...flags];
  const { output, code } = await run({
    command: schemathesis.python,
    args,
    env: {
      ...environment,
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PYTHONPATH: `${schemathesis.folder}:${__dirname}`,
      PYTHONDONTWRITEBYTECODE: '1',
      SCHEMATHESIS_HOOKS: 'hooks',
    },
    folder,
    maxSeconds,
  });
  return { output, passed: code === 0, reached: await readReached(report) };
}

function run({
  command,
  args,
  env,
  folder,
  maxSeconds,
}: {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Schemathesis leaves files of its own in the working directory. */
  folder: string;
  maxSeconds: number;
}): Promise<{ output: string; code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGINT'), maxSeconds * 1000);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ output, code });
    });
  });
}

/** Returns the operations of a report that responded 2xx at least once. */
async function readReached(report: string): Promise<Set<string>> {
  const reached = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(report) })) {
    const { ScenarioFinished: finished } = JSON.parse(line) as { ScenarioFinished?: ScenarioFinished };
    for (const [id, { response }] of Object.entries(finished?.recorder?.interactions ?? {})) {
      const { method, path } = finished?.recorder?.cases[id]?.value ?? {};
      const status = response?.status_code ?? 0;
      if (status >= 200 && status < 300) reached.add(`${method} ${path}`);
    }
  }
  return reached;
}
