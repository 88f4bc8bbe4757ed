import type { Connection } from 'mongoose';
import { stuckItemSchema, type StuckItem } from './stuck-item';

/** Defines the models of the operator. */
export const operatorModels = (connection: Connection) => ({
  stuckItems: connection.model<StuckItem>('StuckItem', stuckItemSchema),
});
