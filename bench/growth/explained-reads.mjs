import { join } from 'node:path';
import mongoose from 'mongoose';
import { reasonNotToExplain } from '../../scripts/checks/queries/explain-queries.ts';

/** The options of Node of a process whose reads can be explained. */
export const EXPLAINABLE = ['--require', join(import.meta.dirname, 'explain-reads.cjs')];

/** Runs the work and returns what each kind of read of the process examines meanwhile. */
export async function explainedReads(server, work) {
  await server.request({ message: { explain: true }, reply: 'explaining' });
  await work();
  return server.request({ message: { explain: false }, reply: 'explained' });
}

/** Returns the reason not to trust what the server at an address says of reads; null for MongoDB. */
export async function reasonNotToTrust(uri) {
  const database = await mongoose.createConnection(uri).asPromise();
  const reason = await reasonNotToExplain((command) => database.db.command(command));
  await database.close();
  return reason;
}
