import mongoose from 'mongoose';

const DUPLICATE_KEY = 11000;

/** True when a unique index refused the write; with `index`, only when the index of that name did. */
export function isDuplicateKey(error: unknown, index?: string): boolean {
  if (!(error instanceof mongoose.mongo.MongoError) || Number(error.code) !== DUPLICATE_KEY) return false;
  return index === undefined || error.message.includes(index);
}
