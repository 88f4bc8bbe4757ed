import mongoose from 'mongoose';

const DUPLICATE_KEY = 11000;

/** Whether a write was refused by a unique index; by the one of that name, if given. */
export function isDuplicateKey(error: unknown, index?: string): boolean {
  if (!(error instanceof mongoose.mongo.MongoError) || Number(error.code) !== DUPLICATE_KEY) return false;
  return index === undefined || error.message.includes(index);
}
