// Four layers, told apart by where a test lives and how its file ends:
//   unit         *.test.ts beside the code    no server at all
//   integration  *.test.ts in a folder tests  the shared embedded servers (a database and a namespace per jest worker)
//   system       tests/**/*.test.ts           whole processes, black box; a file that breaks servers starts its own
//   timed        *.timed.test.ts anywhere     what is promised in seconds: one file at a time, nothing beside it
const { whyNoExecutable } = require('./scripts/build/executable/requirements.mjs');

// A machine that cannot build the single executable has none to test; the build of `npm test` says why.
const ofExecutable = whyNoExecutable() === null ? [] : ['<rootDir>/tests/binary/', '<rootDir>/tests/reload/executable'];
const base = {
  testEnvironment: '<rootDir>/scripts/checks/shared-packages/one-realm-environment.cjs',
  runtime: '<rootDir>/scripts/checks/shared-packages/shared-packages-runtime.cjs',
  transform: { '\\.[tj]s$': '@swc/jest' },
  transformIgnorePatterns: ['/node_modules/(?!(temporal-polyfill|temporal-utils|js-yaml)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.platform', '<rootDir>/bench/results'],
};
const built = { globalSetup: '<rootDir>/src/testing/servers/build-first.ts' };
const servers = {
  globalSetup: '<rootDir>/src/testing/servers/global-setup.ts',
  globalTeardown: '<rootDir>/src/testing/servers/global-teardown.ts',
};
const source = ['src', 'config', 'workflows', 'activities', 'scripts'].map((folder) => `<rootDir>/${folder}`);

module.exports = {
  maxWorkers: 2,
  // For what hangs; what is promised in seconds the tests measure themselves.
  testTimeout: 600_000,
  reporters: [
    'default',
    '<rootDir>/scripts/checks/file-time-reporter.mjs',
    '<rootDir>/scripts/checks/query-reporter.mjs',
  ],
  projects: [
    {
      ...base,
      ...built,
      displayName: 'unit',
      roots: source,
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/tests/'],
    },
    {
      ...base,
      ...servers,
      displayName: 'integration',
      roots: source,
      testMatch: ['**/tests/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.timed\\.test\\.ts$'],
    },
    {
      ...base,
      ...built,
      displayName: 'system',
      roots: ['<rootDir>/tests'],
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['\\.timed\\.test\\.ts$', ...ofExecutable],
    },
    {
      ...base,
      ...servers,
      displayName: 'timed',
      roots: [...source, '<rootDir>/tests'],
      testMatch: ['**/*.timed.test.ts'],
      testPathIgnorePatterns: ofExecutable,
    },
  ],
};
