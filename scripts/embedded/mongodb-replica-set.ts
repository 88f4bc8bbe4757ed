import os from 'node:os';
import mongoose from 'mongoose';

const NOT_YET_INITIALIZED = 94;

/**
 * Resolves when the server at the URI accepts writes.
 * With `initiateAs` (host:port) the function initiates a missing replica set, and reconfigures one with another port.
 */
export async function requirePrimary(
  uri: string,
  { initiateAs = null }: { initiateAs?: string | null } = {},
): Promise<void> {
  // `os` is passed explicitly, because the driver's own import of it fails inside jest.
  const options = {
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    directConnection: initiateAs !== null || undefined,
    runtimeAdapters: { os },
  };
  const client = new mongoose.mongo.MongoClient(uri, options);
  try {
    const admin = client.db('admin');
    if (initiateAs !== null) await nameMember(admin, initiateAs);
    const { isWritablePrimary } = await admin.command({ hello: 1 });
    if (isWritablePrimary !== true) throw new Error('not primary yet');
  } finally {
    await client.close();
  }
}

async function nameMember(admin: mongoose.mongo.Db, host: string): Promise<void> {
  try {
    const { config } = await admin.command({ replSetGetConfig: 1 });
    if (config.members[0].host === host) return;
    const members = [{ ...config.members[0], host }];
    await admin.command({ replSetReconfig: { ...config, members, version: config.version + 1 }, force: true });
  } catch (error) {
    if ((error as { code?: number }).code !== NOT_YET_INITIALIZED) throw error;
    await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
  }
}
