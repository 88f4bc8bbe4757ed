// PM2 with the single-file program: put it beside this file as `partner-platform` (`npm run build:binary` makes it in
// dist/), then `npx pm2 start ecosystem.binary.config.js`; for a new version
// `npm run release -- --binary dist/partner-platform-<version>-linux-x64` (the one before it stays as
// partner-platform.previous). PM2's cluster mode can only run JavaScript, so the api runs its instances itself
// (--cluster) and replaces them on SIGHUP; PM2's reload would restart all with a gap.
const { apps } = require('./ecosystem.config.js');

const API_INSTANCES = 2;

const binaryApp = ({ script: _script, node_args: nodeArgs, env, ...app }) => ({
  ...app,
  script: 'partner-platform',
  interpreter: 'none',
  exec_mode: 'fork',
  // The program takes V8's options from here; the instances of the api inherit them.
  env: { ...env, NODE_OPTIONS: nodeArgs },
});

module.exports = {
  apps: apps.map(binaryApp).map((app) =>
    app.name === 'api'
      ? {
          ...app,
          args: `${app.args} --cluster ${API_INSTANCES}`,
          instances: 1,
          // PM2's max_memory_restart watches the primary alone, which serves nothing: each instance has its heap limit.
          // The primary ends its instances itself; a signal from PM2 as well would reach each of them twice.
          treekill: false,
        }
      : app,
  ),
};
