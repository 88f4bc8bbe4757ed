// A jest runtime that loads packages once per jest worker, as Node does, instead of once per test file: Temporal,
// Mongoose, Express and the others cost more than a second of CPU for each of hundreds of files. The project's own
// modules are loaded anew for each file.
const { createRequire } = require('node:module');
const { compileFunction } = require('node:vm');
const { default: JestRuntime } = require('jest-runtime');

const isOwnModule = (name) => name.startsWith('.') || name.startsWith('/');
const isOfJest = (name) => name === '@jest/globals';

module.exports = class SharedPackagesRuntime extends JestRuntime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    // The environment has no context of its own: a module is compiled into that of the worker.
    executor.compile = (source, filename) => compileFunction(source, executor.injectedModuleParameters, { filename });
  }

  requireModuleOrMock(from, name) {
    return isOwnModule(name) || isOfJest(name) ? super.requireModuleOrMock(from, name) : createRequire(from)(name);
  }
};
module.exports.default = module.exports;
