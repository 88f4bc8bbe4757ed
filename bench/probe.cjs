// Preloaded into every measured process: reports its resource usage, and ends it when the benchmark has ended, for
// whatever reason. With `BENCH_COUNT` it also counts the commands that the process sends to MongoDB and Redis.
const v8 = require('node:v8');
const workerThreads = require('node:worker_threads');

if (workerThreads.isMainThread) reportUsage();
else collectGarbageOnRequest();

function reportUsage() {
  const threads = rememberThreads();
  const sent = process.env.BENCH_COUNT ? countCommands() : {};
  const collect = new workerThreads.BroadcastChannel('bench-collect');
  collect.unref();
  const sendHeaps = async () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel between threads has no origin
    collect.postMessage(null);
    collectGarbage();
    const statistics = await Promise.all([...threads].map((thread) => thread.getHeapStatistics()));
    const threadBytes = statistics.map(({ used_heap_size: bytes }) => bytes);
    process.send({ heaps: { mainBytes: process.memoryUsage().heapUsed, threadBytes } });
  };
  process.on('message', (message) => {
    if (message?.query === 'usage') {
      const { user, system } = process.cpuUsage();
      process.send({ usage: { cpuMicros: user + system, rssBytes: process.memoryUsage.rss(), sent: { ...sent } } });
    }
    if (message?.query === 'heaps') void sendHeaps();
  });
  process.once('disconnect', () => process.exit(0));
}

/** Returns the threads that are running; workflows run in them. */
function rememberThreads() {
  const threads = new Set();
  workerThreads.Worker = class extends workerThreads.Worker {
    constructor(...args) {
      super(...args);
      threads.add(this);
      this.once('exit', () => threads.delete(this));
    }
  };
  return threads;
}

function collectGarbageOnRequest() {
  const collect = new workerThreads.BroadcastChannel('bench-collect');
  collect.addEventListener('message', collectGarbage);
  collect.unref();
}

function collectGarbage() {
  v8.setFlagsFromString('--expose-gc');
  require('node:vm').runInNewContext('gc')();
}

/** Counts what the drivers send; `hello` is the driver's own check of the server. */
function countCommands() {
  const sent = { mongodb: 0, hello: 0, redis: 0 };
  const { Connection } = require('mongodb/lib/cmap/connection');
  const { command } = Connection.prototype;
  Connection.prototype.command = function count(namespace, document, ...rest) {
    const [name] = Object.keys(document);
    if (name === 'hello' || name === 'isMaster' || name === 'ismaster') sent.hello += 1;
    else sent.mongodb += 1;
    return command.call(this, namespace, document, ...rest);
  };
  const { Redis } = require('ioredis');
  const sendCommand = Reflect.get(Redis.prototype, 'sendCommand');
  Redis.prototype.sendCommand = function count(...args) {
    sent.redis += 1;
    return sendCommand.apply(this, args);
  };
  return sent;
}
