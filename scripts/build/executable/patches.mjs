// Changes of packages that look for files beside themselves, which a single executable does not have.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inRoot } from '../stamps.mjs';

const require = createRequire(inRoot('package.json'));
const workerFiles = JSON.stringify(inRoot('src/processes/binary/worker-files.ts'));

const NATIVE_PATH = 'const nativeLibPath = getPrebuiltPath();';
const NATIVE_LOAD = 'require(nativeLibPath)';

/**
 * Each has the module that it changes and its replacements `[text, by]`, or `whole`, a new text for a module that still
 * has all the texts in `knownBy`.
 */
const inProgram = [
  {
    module: '@temporalio/core-bridge/index.js',
    // The worker role loads the addon from its cache folder before it loads the SDK.
    replace: [
      [NATIVE_PATH, ''],
      [NATIVE_LOAD, `require(${workerFiles}).nativeAddon()`],
    ],
  },
  {
    module: '@temporalio/worker/lib/workflow/threaded-vm.js',
    replace: [
      ["require.resolve('./workflow-worker-thread')", `require(${workerFiles}).workerFilePath('workflow-thread.js')`],
    ],
  },
  {
    // The workflows are bundled beforehand, so webpack and swc stay out.
    module: '@temporalio/worker/lib/workflow/bundler.js',
    knownBy: [
      'exports.WorkflowCodeBundler = exports.disallowedModules = exports.disallowedBuiltinModules = ' +
        'exports.allowedBuiltinModules = exports.defaultWorkflowInterceptorModules = void 0;',
      'exports.moduleMatches = moduleMatches;\nexports.bundleWorkflowCode = bundleWorkflowCode;\n',
    ],
    whole: `
      const refuse = () => { throw new Error('A single executable bundles no workflows'); };
      exports.defaultWorkflowInterceptorModules = [];
      exports.allowedBuiltinModules = [];
      exports.disallowedBuiltinModules = [];
      exports.disallowedModules = [];
      exports.moduleMatches = () => false;
      exports.WorkflowCodeBundler = class { constructor() { refuse(); } };
      exports.bundleWorkflowCode = refuse;`,
  },
  {
    // A helper of the VS Code extension.
    module: '@temporalio/worker/lib/debug-replayer/index.js',
    knownBy: ['exports.startDebugReplayer = startDebugReplayer;'],
    whole: `exports.startDebugReplayer = () => { throw new Error('A single executable has no debug replayer'); };`,
  },
  {
    // It would load an addon that lies beside the executable, whosever it is; without it msgpackr is as right.
    module: 'msgpackr-extract/index.js',
    knownBy: ["module.exports = require('node-gyp-build-optional-packages')(__dirname)"],
    whole: `throw new Error('A single executable has no addon of msgpackr');`,
  },
  {
    // Reports register fonts of their own. The colour profile is for PDF/A, which they are not.
    module: 'pdfkit/js/pdfkit.node.mjs',
    replace: [
      ["new URL('./data/sRGB_IEC61966_2_1.icc', import.meta.url).href", "'sRGB_IEC61966_2_1.icc'"],
      [
        'const require$1 = createRequire(import.meta.url);',
        "const require$1 = (name) => { throw new Error(name + ' is not in the single executable'); };",
      ],
    ],
  },
];

const inThread = [
  // The thread's file lies beside the addon.
  {
    module: '@temporalio/core-bridge/index.js',
    replace: [['getPrebuiltPath()', "require('node:path').join(__dirname, 'index.node')"]],
  },
];

/** The mappings of stack traces, read by both. */
const inBoth = [
  {
    module: 'source-map/lib/read-wasm.js',
    knownBy: ['const wasmPath = path.join(__dirname, "mappings.wasm");', 'module.exports.initialize ='],
    whole: `
      module.exports = async () => require('./mappings.wasm');
      module.exports.initialize = () => undefined;`,
  },
];

/** An esbuild plugin with the patches of the program. */
export const programPatches = () => patchPlugin([...inProgram, ...inBoth]);

/** An esbuild plugin with the patches of the thread that runs workflows. */
export const threadPatches = () => patchPlugin([...inThread, ...inBoth]);

/** Returns an esbuild plugin that fails the build when a patch does not fit any more, or meets no module. */
export function patchPlugin(patches) {
  const byFile = new Map(patches.map((patch) => [resolveFile(patch.module), patch]));
  return {
    name: 'patches',
    setup(build) {
      const unused = new Set(byFile.keys());
      build.onLoad({ filter: /\.m?js$/ }, ({ path }) => {
        const patch = byFile.get(path);
        if (patch === undefined) return undefined;
        unused.delete(path);
        return { loader: 'js', resolveDir: dirname(path), contents: applyPatch(patch, readFileSync(path, 'utf8')) };
      });
      build.onEnd(() => ({
        errors: [...unused].map((path) => ({ text: `The patch of ${byFile.get(path).module} meets no module` })),
      }));
    },
  };
}

/** @throws when the module does not have the text that the patch replaces or knows it by */
export function applyPatch({ module, replace = [], knownBy = [], whole }, text) {
  for (const target of [...knownBy, ...replace.map(([from]) => from)])
    if (!text.includes(target)) throw new Error(`The patch of ${module} does not fit any more: it misses "${target}"`);
  return whole ?? replace.reduce((patched, [from, to]) => patched.replaceAll(from, () => to), text);
}

/** A package's exports may hide the file, so its package.json is looked for, which may be hidden too. */
function resolveFile(module) {
  const [scope, name] = module.split('/');
  const packageName = scope.startsWith('@') ? `${scope}/${name}` : scope;
  const file = module.slice(packageName.length + 1);
  for (const folder of require.resolve.paths(packageName)) {
    try {
      return require.resolve(join(folder, packageName, file));
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`There is no ${module} to patch`);
}
