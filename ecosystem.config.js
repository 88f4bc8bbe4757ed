// PM2: `npm run build`, then `npx pm2 start ecosystem.config.js`; for a new version `npm run build && npm run release`,
// which looks at every new process before it drains a previous one. PM2's own reload counts as done even when the new
// processes never become ready, and then the old ones are gone.
const { existsSync } = require('node:fs');
const { totalmem } = require('node:os');
const path = require('node:path');

const envFile = path.join(__dirname, '.env');
if (existsSync(envFile)) process.loadEnvFile(envFile);

// The process ends by itself after SHUTDOWN_FORCE_MS at the latest; PM2 kills a process that has not.
const KILL_MARGIN_MS = 5000;
const killTimeoutMs = Number(process.env.SHUTDOWN_FORCE_MS || 20_000) + KILL_MARGIN_MS;

// V8's heap: seven of them share the machine, because a worker has a second one in the thread that runs workflows.
const machineMb = Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2 ** 20;
const heapMb = Number(process.env.MAX_HEAP_MB) || Math.max(192, Math.min(384, Math.floor(machineMb / 16)));
// Besides the heap: the program itself, its buffers, and in a worker the core of the Temporal SDK.
const restartAbove = ({ heaps, otherMb }) => `${heaps * heapMb + otherMb}M`;

const common = {
  script: 'dist/main.js',
  cwd: __dirname,
  // A small young generation: under load V8 would otherwise keep up to 192 MB for it in each heap.
  node_args: `--enable-source-maps --max-semi-space-size=16 --max-old-space-size=${heapMb}`,
  // Without it glibc keeps freed memory for each of the many threads of V8 and of the Temporal SDK's core. PM2's
  // cluster mode sets it too late: for the api it has an effect only in the environment of PM2's own process.
  env: { MALLOC_ARENA_MAX: '2' },
  // The process itself reports that it is ready, by process.send('ready').
  wait_ready: true,
  listen_timeout: Number(process.env.RELOAD_READY_MS || 30_000),
  kill_timeout: killTimeoutMs,
  exp_backoff_restart_delay: 250,
  // Exit code 2: the command line is wrong, which no restart corrects.
  stop_exit_codes: [2],
  merge_logs: true,
};

module.exports = {
  apps: [
    {
      ...common,
      name: 'api',
      args: '--role api',
      instances: 2,
      // All instances share PORT; each has an admin port of its own, ADMIN_PORT + NODE_APP_INSTANCE: 9464 and 9465, and
      // 9466 for the one that a release starts beside them. The numbers change places with every release.
      exec_mode: 'cluster',
      max_memory_restart: restartAbove({ heaps: 1, otherMb: 256 }),
      out_file: 'logs/api.log',
      error_file: 'logs/api-error.log',
    },
    {
      ...common,
      name: 'worker',
      args: '--role worker',
      instances: 2,
      // Admin ports 9474 to 9476, in the same way.
      exec_mode: 'fork',
      max_memory_restart: restartAbove({ heaps: 2, otherMb: 384 }),
      out_file: 'logs/worker.log',
      error_file: 'logs/worker-error.log',
    },
    {
      ...common,
      // The simulated gateway of sandbox tenants. Exactly one: its ledger is a file (SANDBOX_DATA_DIR).
      name: 'sandbox',
      args: '--role sandbox',
      instances: 1,
      // Admin port 9484.
      exec_mode: 'fork',
      max_memory_restart: restartAbove({ heaps: 1, otherMb: 256 }),
      out_file: 'logs/sandbox.log',
      error_file: 'logs/sandbox-error.log',
    },
  ],
};
