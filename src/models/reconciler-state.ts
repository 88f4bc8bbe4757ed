import { Schema } from 'mongoose';
import type { EntityType } from '../contracts/entity-types';
import { schemaOptions } from './schema-options';

/** The place that a round over all open entities has reached: it continues after this id. */
export interface EntityPosition {
  entityType: EntityType;
  afterId: string;
  /** The number of entities read in each look of this round. */
  perLook: number;
}

/** The place that a round over all running workflows has reached, the last started first. */
export interface WorkflowPosition {
  startedUntil: Date;
  perLook: number;
}

/** The progress of the reconciler; a look that ends early leaves it as it was, so that the next one repeats it. */
export interface ReconcilerProgress {
  /** The beginning of the last look, real time; null before the first. */
  lookedAt: Date | null;
  /** Null between two rounds. */
  entities: EntityPosition | null;
  workflows: WorkflowPosition | null;
  /** The balance of a customer that a round over all of them has reached; null or absent between two rounds. */
  customers?: string | null;
  /** The buckets of reports; absent before the first round over them. */
  buckets?: BucketsProgress;
}

/** The place that a round over the buckets of reports has reached. */
export interface BucketsProgress {
  /** The form of the buckets. */
  form: number;
  /** True once all have been counted in this form: rounds compare from then on. */
  built: boolean;
  /** The day of recording that the round has reached; null between two rounds. */
  after: RecordedDay | null;
  /** Days that could not be counted so far; they are tried again once the first round has ended. */
  uncounted?: RecordedDay[];
  /** True once the first round has ended. */
  isThrough?: boolean;
}

/** What one tenant recorded on one day (UTC, real time). */
export interface RecordedDay {
  tenantId: string;
  recordedDay: string;
}

/** A listing of which the search index has something else, and since when, real time. */
export interface SearchDifference {
  listingId: string;
  since: Date;
}

/** The places that a round over all listings has reached, and over all that the search index shows. */
export interface SearchProgress {
  listingId: string;
  shownId: string;
  /** What could not be mended so far. */
  differing: SearchDifference[];
}

/** The one document that all workers share: one of them looks at a time. */
export interface ReconcilerState extends ReconcilerProgress {
  _id: string;
  /** Of the document that compares the search index; absent in the others. */
  search?: SearchProgress;
  /** Of the document that looks for stored files without a row: the key that its round has reached. */
  storedFile?: string;
  heldBy: string | null;
  /** From this instant on, in real time, another worker may look. */
  heldUntil: Date;
}

export const reconcilerStateSchema = new Schema<ReconcilerState>(
  {
    _id: { type: String, required: true },
    heldBy: { type: String, default: null },
    heldUntil: { type: Date, required: true },
    lookedAt: { type: Date, default: null },
    entities: { type: Schema.Types.Mixed, default: null },
    workflows: { type: Schema.Types.Mixed, default: null },
    customers: { type: String, default: null },
    buckets: { type: Schema.Types.Mixed },
    search: { type: Schema.Types.Mixed },
    storedFile: { type: String },
  },
  { ...schemaOptions, collection: 'reconciler_state' },
);
