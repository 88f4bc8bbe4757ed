// The import table of the architecture (README, "Folders"): what each folder may import. Nothing else, and no cycles.
const ours = '^(src|config|workflows|activities)/';
const tests = '(\\.test\\.ts$|^src/testing/|^tests/)';

/** Of our own code, `folder` may import only what `allowed` lists (each a path pattern). */
const only = (folder, allowed, { types = [] } = {}) => ({
  name: `${folder.replaceAll('/', '-')}-imports`,
  severity: 'error',
  comment: `${folder} may import: ${[...allowed, ...types.map((path) => `types of ${path}`)].join(', ') || 'nothing of ours'}`,
  from: { path: `^${folder}/`, pathNot: tests },
  to: {
    path: ours,
    pathNot: [`^${folder}/`, ...allowed.map((path) => `^${path}`)],
    ...(types.length ? { dependencyTypesNot: ['type-only'] } : {}),
  },
});

/** `folder` may import types, and nothing that runs, of these. */
const typesAtMost = (folder, allowed, types) => ({
  name: `${folder.replaceAll('/', '-')}-type-imports`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: tests },
  to: {
    path: ours,
    pathNot: [`^${folder}/`, ...[...allowed, ...types].map((path) => `^${path}`)],
    dependencyTypes: ['type-only'],
  },
});

const packages = (folder, allowed) => ({
  name: `${folder.replaceAll('/', '-')}-packages`,
  severity: 'error',
  comment: `${folder} runs ${allowed.join(', ') || 'no packages'}`,
  from: { path: `^${folder}/`, pathNot: tests },
  to: {
    path: 'node_modules',
    pathNot: allowed.map((name) => `node_modules/(${name})(/|$)`),
    dependencyTypesNot: ['type-only'],
  },
});

const both = (folder, allowed, types) => [only(folder, allowed, { types }), typesAtMost(folder, allowed, types)];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'processes-are-imported-by-nobody',
      severity: 'error',
      from: { pathNot: ['^src/(processes|main)', tests] },
      to: { path: '^src/processes/' },
    },
    {
      name: 'only-processes-read-the-environment',
      severity: 'error',
      from: { path: ours, pathNot: ['^src/processes/', '^config/', tests] },
      to: { path: '^config/(env|flags)' },
    },
    { name: 'no-tests-in-the-product', severity: 'error', from: { path: ours, pathNot: tests }, to: { path: tests } },
    only('src/domain', []),
    packages('src/domain', ['typeid-js', 'uuid', 'temporal-polyfill', 'tr46']),
    only('src/contracts', ['src/domain']),
    packages('src/contracts', ['@temporalio/workflow', '@temporalio/common']),
    only('config', ['src/domain', 'src/contracts']),
    ...both('workflows', ['src/contracts', 'src/domain', 'config/temporal'], ['activities']),
    packages('workflows', ['@temporalio/workflow']),
    ...both(
      'activities',
      ['src/contracts', 'src/domain'],
      ['src/models', 'src/clients', 'src/queue', 'src/telemetry', 'src/temporal'],
    ),
    packages('activities', ['@temporalio/activity', '@temporalio/common']),
    only('src/telemetry', ['src/domain']),
    only('src/models', ['src/contracts', 'src/domain']),
    only('src/mails', ['src/contracts', 'src/domain', 'src/models']),
    only('src/clients', ['src/contracts', 'src/domain', 'src/telemetry']),
    only('src/sandbox', ['src/contracts', 'src/domain', 'src/clients', 'src/telemetry']),
    ...both(
      'src/queue',
      ['src/contracts', 'src/domain', 'src/models', 'src/mails', 'src/clients', 'src/telemetry'],
      ['src/temporal'],
    ),
    ...both('src/temporal', ['src/contracts', 'src/domain', 'src/models', 'src/telemetry'], ['workflows']),
    only('src/http', [
      'src/temporal',
      'src/queue',
      'src/models',
      'src/contracts',
      'src/domain',
      'src/telemetry',
      'src/assets',
      'src/clients',
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench|scripts)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
