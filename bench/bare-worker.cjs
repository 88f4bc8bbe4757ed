// The worker to compare with: a Temporal worker with one empty workflow and the SDK's defaults.
const { NativeConnection, Runtime, DefaultLogger, Worker } = require('@temporalio/worker');

async function main([codePath, taskQueue]) {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath },
    activities: { async nothing() {} },
  });
  const running = worker.run();
  process.send({ listening: { taskQueue } });
  await running;
}

void main(process.argv.slice(2));
