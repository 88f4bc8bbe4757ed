import type { ClientSession } from 'mongoose';
import { userTransitions, type UserStatus } from '../../domain/users/user';
import type { Database } from '../../models/database';

export interface MoveUserInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  userId: string;
  to: UserStatus;
  at: Date;
}

/**
 * Moves a user along its table within the caller's transaction; does nothing when the user is in that state already.
 */
export async function moveUser({ database, session, tenantId, userId, to, at }: MoveUserInput): Promise<void> {
  await database.models.users.updateOne(
    { _id: userId, tenantId, state: { $in: [...userTransitions[to]] } },
    { $set: { state: to }, $max: { updatedAt: at }, $inc: { version: 1 } },
    { session },
  );
}
