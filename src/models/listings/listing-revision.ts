import { Schema } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { ListingContent } from '../../domain/listings/content';
import { schemaOptions } from '../schema-options';

/** The content of a listing from one change to the next. Never changes; deleted with its listing. */
export interface ListingRevision {
  /** See {@link revisionIdOf}. */
  _id: string;
  tenantId: string;
  listingId: string;
  /** The first is 1; without gaps. */
  revision: number;
  content: ListingContent;
  by: Actor;
  createdAt: Date;
}

/** Returns the id of a listing's revision. */
export const revisionIdOf = ({ listingId, revision }: Pick<ListingRevision, 'listingId' | 'revision'>): string =>
  `${listingId}/${revision}`;

export const listingRevisionSchema = new Schema<ListingRevision>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    listingId: { type: String, required: true },
    revision: { type: Number, required: true },
    content: { type: Schema.Types.Mixed, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'listing_revisions' },
).index({ tenantId: 1, listingId: 1, revision: -1 });
