/** Ways to read a file, and to find out where one could lie. A `require` of a literal was resolved by esbuild. */
const READ = new RegExp(
  [
    String.raw`__dirname|__filename|\bimport\.meta\b|\brequire\.resolve\b|\bcreateRequire\b|\bdlopen\b`,
    String.raw`\b(?:readFile|readdir|open|opendir)(?:Sync)\b|\breadFile\b|\bcreateReadStream\b`,
    // A call of `require` itself, whose argument is no literal.
    String.raw`(?<![.\w$])require\((?!\s*(?:/\*.*?\*/\s*)?["'\`])`,
  ].join('|'),
  'g',
);

/**
 * Modules of the bundle that may read files, with the reason why none of these files is missing from an executable. The
 * name is that of a package, of a folder or of a module.
 */
const KNOWN = {
  'src/assets.ts': 'reads the files of the program, which are in the executable',
  'src/processes/binary': "writes and checks the worker's files, which come out of the executable",
  'src/processes/cluster/primary-process.ts': 'asks the kernel about a process',
  'src/processes/cluster/program.ts': 'opens the executable itself',
  'src/processes/temporal/find-workflows.ts': 'takes those same files; looks beside itself only outside an executable',
  'src/processes/temporal/temporal-tls.ts': 'reads certificates that the environment names',
  'src/simulator/ledger-file.ts': 'reads the ledger that it wrote',
  'src/services/reports/delivery/report-mails.ts': 'has a function of that name, which reads from the database',
  'node_modules/@fast-csv/parse': 'parses a file by its name; only streams are parsed',
  'node_modules/@grpc/grpc-js/build/src/certificate-provider.js': 'reads certificates that a caller names',
  'node_modules/@grpc/grpc-js/build/src/channelz.js': 'describes a server of this protocol; there is none',
  'node_modules/@grpc/grpc-js/build/src/orca.js': 'describes a server of this protocol; there is none',
  'node_modules/@grpc/grpc-js/build/src/tls-helpers.js': 'reads root certificates that the environment names',
  'node_modules/@grpc/proto-loader/node_modules/protobufjs': 'loads .proto files; protocols are generated code',
  'node_modules/@protobufjs/fetch': 'loads .proto files; protocols are generated code',
  'node_modules/@temporalio/common/lib/internal-non-workflow': 'loads converters by their path; there is none',
  'node_modules/@temporalio/core-bridge/common.js': 'looks for the addon; no longer called (patches.mjs)',
  'node_modules/@temporalio/worker/lib/runtime.js': "reads the system's limits of memory",
  'node_modules/@temporalio/worker/lib/worker.js': 'reads the bundle of the workflows by its configured path',
  'node_modules/bullmq/dist/cjs/classes/worker.js': 'looks for a file of its own for processors that are files',
  'node_modules/cron-parser': 'parses crontab files; only expressions are parsed',
  'node_modules/express/lib/view.js': 'loads engines of templates; there are none',
  'node_modules/fontkit': 'opens fonts by their name; reports pass bytes',
  'node_modules/ioredis/built/Command.js': 'leaves its own folder out of stack traces',
  'node_modules/mongodb': 'reads certificates and tokens that the URI or the environment names',
  'node_modules/msgpackr/dist/node.cjs': 'loads its addon in another way too; works without (patches.mjs)',
  'node_modules/nodemailer': 'reads attachments by their path; mails carry contents',
  'node_modules/pdfkit': 'reads fonts and images by their path; reports pass bytes',
  'node_modules/pino/lib/transport.js': 'runs transports in threads; the log has none',
  'node_modules/pino-pretty/node_modules/sonic-boom': 'opens the file of a log; the log goes to standard output',
  'node_modules/png-js': 'reads pictures by their path; there are none',
  'node_modules/prom-client': 'reads /proc',
  'node_modules/protobufjs': 'loads .proto files; protocols are generated code',
  'node_modules/send': 'sends files of a folder; no route does',
  'node_modules/sonic-boom': 'opens the file of a log; the log goes to standard output',
  'node_modules/stripe': 'reads a file that the environment names',
  'node_modules/thread-stream': 'runs transports in threads; the log has none',
};

/** Modules of the thread, whose file lies beside its addon. */
const KNOWN_IN_THREAD = {
  'node_modules/@temporalio/core-bridge/index.js': 'loads the addon beside the file of the thread (patches.mjs)',
  'node_modules/@temporalio/worker/lib/workflow/workflow-worker-thread.js': 'names its file in messages',
};

/**
 * Returns a line for each place in a bundle where a module may read a file and is not known for it. `modules` are the
 * names that esbuild writes above each of them.
 */
export function findFileReads({ text, modules, isThread = false }) {
  const known = Object.keys(isThread ? { ...KNOWN, ...KNOWN_IN_THREAD } : KNOWN);
  return [...readsOf({ text, modules })]
    .filter(({ module }) => !known.some((name) => isWithin(module, name)))
    .map(({ module, line }) => `${module}: ${line}`);
}

/** Returns the names of modules that are known for reading files and do so in none of these bundles. */
export function unusedKnowledge(bundles) {
  const reading = bundles.flatMap((bundle) => [...readsOf(bundle)].map(({ module }) => module));
  const names = Object.keys({ ...KNOWN, ...KNOWN_IN_THREAD });
  return names.filter((name) => !reading.some((module) => isWithin(module, name)));
}

const isWithin = (module, name) => module === name || module.startsWith(`${name}/`);

function* readsOf({ text, modules }) {
  const names = new Set(modules);
  let module = "esbuild's own code";
  let code = [];
  for (const line of [...text.split('\n'), null]) {
    const named = line?.startsWith('//') || line?.startsWith('  //') ? line.trim().slice(3) : null;
    if (line !== null && !names.has(named)) {
      code.push(line);
      continue;
    }
    const section = code.join('\n');
    for (const { index } of section.matchAll(READ)) yield { module, line: lineAt(section, index) };
    module = named;
    code = [];
  }
}

function lineAt(code, index) {
  const end = code.indexOf('\n', index);
  return code
    .slice(code.lastIndexOf('\n', index) + 1, end === -1 ? undefined : end)
    .trim()
    .slice(0, 100);
}
