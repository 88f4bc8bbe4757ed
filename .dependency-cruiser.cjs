// The two import tables of the architecture (README, "Folders"): which layer may import which, and which domain may
// import which. Nothing else is allowed, and no cycle, type imports included.
const ours = '^(src|config|workflows|activities)/';
const tests = '(\\.test\\.ts$|/tests/|^src/testing/|^tests/)';

/** Folders of ours that a layer may import; `types` may be imported by `import type` alone. */
const layers = {
  'src/domain': { imports: [] },
  'src/contracts': { imports: ['src/domain'] },
  'src/models': { imports: ['src/contracts', 'src/domain'] },
  'src/services': { imports: ['src/models', 'src/contracts', 'src/domain'] },
  config: { imports: ['src/domain', 'src/contracts'] },
  workflows: { imports: ['src/contracts', 'src/domain', 'config/temporal'], types: ['activities'] },
  activities: {
    imports: ['src/services', 'src/contracts', 'src/domain'],
    types: ['src/models', 'src/clients', 'src/temporal'],
  },
  'src/clients': { imports: ['src/contracts', 'src/domain', 'src/models/outages'], types: ['src/models'] },
  'src/renderers': { imports: ['src/contracts', 'src/domain'] },
  'src/mails': { imports: ['src/contracts', 'src/domain', 'src/renderers'], types: ['src/models'] },
  'src/queue': {
    imports: ['src/services', 'src/models', 'src/contracts', 'src/domain', 'src/mails'],
    types: ['src/clients'],
  },
  'src/temporal': { imports: ['src/services', 'src/models', 'src/contracts', 'src/domain'] },
  'src/http': {
    imports: ['src/temporal', 'src/queue', 'src/services', 'src/models', 'src/contracts', 'src/domain'],
  },
  'src/simulator': { imports: ['src/contracts', 'src/domain'] },
  'src/telemetry': { imports: [] },
};

/** Layers that may not log, measure or read assets: they are loaded into workflows, or know nothing of a process. */
const silent = ['src/domain', 'src/contracts', 'workflows'];
const everywhere = ['src/telemetry', 'src/assets'];

/** Packages that a layer may run; a layer that is not listed may run any. */
const packages = {
  'src/domain': ['typeid-js', 'uuid', 'temporal-polyfill', 'tr46', '@orama/stemmers', 'cron-parser'],
  'src/contracts': ['@temporalio/workflow', '@temporalio/common'],
  workflows: ['@temporalio/workflow'],
  activities: ['@temporalio/activity', '@temporalio/common'],
  'src/services': ['mongoose'],
};

/**
 * Domains that a domain may import. A lower domain reports to a higher one through data that it was given: a payment
 * keeps its `parent`. Everybody may import `operator` (the list of stuck items) and `sandbox` (the clock).
 */
const domains = {
  partners: ['payments', 'subscriptions', 'listings', 'reports'],
  users: ['operator', 'sandbox'],
  payments: ['operator', 'sandbox'],
  subscriptions: ['payments', 'users', 'operator', 'sandbox'],
  listings: ['users', 'operator', 'sandbox'],
  reports: ['partners', 'users', 'payments', 'subscriptions', 'listings', 'operator', 'sandbox'],
  sandbox: ['operator'],
  operator: [],
};
const layerOfDomains = '^(src/[a-z]+(/commands)?|workflows|activities)';

const path = (folder) => `^${folder}[./]`;

const layerRules = Object.entries(layers).flatMap(([folder, { imports, types = [] }]) => {
  const allowed = [folder, ...imports, ...(silent.includes(folder) ? [] : everywhere)].map(path);
  const name = folder.replaceAll('/', '-');
  return [
    {
      name: `${name}-imports`,
      severity: 'error',
      comment: `${folder} may import ${imports.join(', ') || 'nothing of ours'}`,
      from: { path: path(folder), pathNot: tests },
      to: { path: ours, pathNot: allowed, dependencyTypesNot: ['type-only'] },
    },
    {
      name: `${name}-type-imports`,
      severity: 'error',
      comment: `${folder} may import types of ${[...imports, ...types].join(', ') || 'nothing of ours'}`,
      from: { path: path(folder), pathNot: tests },
      to: { path: ours, pathNot: [...allowed, ...types.map(path)], dependencyTypes: ['type-only'] },
    },
  ];
});

const packageRules = Object.entries(packages).map(([folder, names]) => ({
  name: `${folder.replaceAll('/', '-')}-packages`,
  severity: 'error',
  comment: `${folder} runs ${names.join(', ')}`,
  from: { path: path(folder), pathNot: tests },
  to: {
    path: 'node_modules',
    pathNot: names.map((name) => `node_modules/(${name})(/|$)`),
    dependencyTypesNot: ['type-only'],
  },
}));

const domainRules = Object.entries(domains).map(([domain, imports]) => ({
  name: `domain-${domain}`,
  severity: 'error',
  comment: `${domain} may import ${imports.join(', ') || 'no other domain'}`,
  from: { path: `${layerOfDomains}/${domain}/`, pathNot: tests },
  to: {
    path: `${layerOfDomains}/(${Object.keys(domains).join('|')})/`,
    pathNot: [domain, ...imports].map((name) => `${layerOfDomains}/${name}/`),
  },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
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
    {
      name: 'only-temporal-talks-to-temporal',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(temporal|processes)/', tests] },
      to: { path: 'node_modules/@temporalio/client', dependencyTypesNot: ['type-only'] },
    },
    ...layerRules,
    ...packageRules,
    ...domainRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
