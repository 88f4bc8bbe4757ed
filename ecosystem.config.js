// PM2: `npm run build`, then `npx pm2 start ecosystem.config.js`; for a new version
// `node dist/main.js --role api --check && npx pm2 reload ecosystem.config.js`. The check matters: PM2 counts a reload
// as done even when the new processes never become ready.
const { existsSync } = require('node:fs');
const path = require('node:path');

const envFile = path.join(__dirname, '.env');
if (existsSync(envFile)) process.loadEnvFile(envFile);

// The process ends by itself after SHUTDOWN_FORCE_MS at the latest; PM2 kills a process that has not.
const KILL_MARGIN_MS = 5000;
const killTimeoutMs = Number(process.env.SHUTDOWN_FORCE_MS || 20_000) + KILL_MARGIN_MS;

const common = {
  script: 'dist/main.js',
  cwd: __dirname,
  node_args: '--enable-source-maps',
  // The process itself reports that it is ready, by process.send('ready').
  wait_ready: true,
  listen_timeout: 30_000,
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
      // All instances share PORT; each has an admin port of its own, ADMIN_PORT + NODE_APP_INSTANCE: 9464, 9465.
      exec_mode: 'cluster',
      max_memory_restart: '512M',
      out_file: 'logs/api.log',
      error_file: 'logs/api-error.log',
    },
    {
      ...common,
      name: 'worker',
      args: '--role worker',
      instances: 2,
      // Admin ports 9474, 9475.
      exec_mode: 'fork',
      max_memory_restart: '1G',
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
      max_memory_restart: '512M',
      out_file: 'logs/sandbox.log',
      error_file: 'logs/sandbox-error.log',
    },
  ],
};
