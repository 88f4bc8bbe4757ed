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
  /** Of the document that compares the search index; absent in the other. */
  search?: SearchProgress;
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
    search: { type: Schema.Types.Mixed },
  },
  { ...schemaOptions, collection: 'reconciler_state' },
);
