import v8 from 'node:v8';
import { Worker, type WorkerOptions } from '@temporalio/worker';

/**
 * The SDK hooks every promise to record its stack, for the query `__stack_trace`, which no test sends. For a worker
 * that runs workflows in this thread the hook slows down all other promises of the process several times, and as the
 * SDK never removes it, those of every later test file too.
 */
v8.promiseHooks.createHook = () => () => undefined;

/**
 * Creates a worker that runs workflow code in this thread: another thread would load the SDK again, for longer than
 * most tests take. Tests of whole processes run the threads of production.
 */
export const createWorkerHere = (options: WorkerOptions): Promise<Worker> =>
  Worker.create({ ...options, debugMode: true });
