import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

/**
 * The number of times that an event happened to a tenant on a day (UTC): the rollup that reports read instead of the
 * events. The count is the sum of several documents, so that transactions that count the same event of the same day
 * seldom collide.
 */
export interface DailyCount {
  /** `<tenantId>/<day>/<event type>/<part>` */
  _id: string;
  tenantId: string;
  day: string;
  type: string;
  count: number;
}

export const dailyCountSchema = new Schema<DailyCount>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    day: { type: String, required: true },
    type: { type: String, required: true },
    count: { type: Number, required: true },
  },
  { ...schemaOptions, collection: 'daily_counts' },
).index({ tenantId: 1, day: 1, type: 1 });
