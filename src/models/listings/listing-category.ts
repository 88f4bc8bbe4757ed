import { Schema } from 'mongoose';
import type { CategoryTerms } from '../../domain/listings/categories';
import { schemaOptions } from '../schema-options';

/** A category of a tenant's listings. */
export interface ListingCategory extends CategoryTerms {
  /** See {@link categoryIdOf}. */
  _id: string;
  tenantId: string;
  slug: string;
  /** A random name of this creation: a category that is deleted and created again begins with version 1 again. */
  creation: string;
  version: number;
  /**
   * Increases with every change of a category below: two changes of one branch of the tree that do not see each other
   * write the same document, so one of them is tried again.
   */
  changesBelow: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Returns the id of a category, which makes its slug unique in the tenant. */
export const categoryIdOf = ({ tenantId, slug }: { tenantId: string; slug: string }): string => `${tenantId}/${slug}`;

/** Returns the version of a category for its ETag: no two versions of a slug are equal, even after a deletion. */
export const categoryVersionOf = ({ creation, version }: Pick<ListingCategory, 'creation' | 'version'>): string =>
  `${creation}-${version}`;

export const listingCategorySchema = new Schema<ListingCategory>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    slug: { type: String, required: true },
    creation: { type: String, required: true },
    version: { type: Number, required: true },
    changesBelow: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    names: { type: Schema.Types.Mixed, required: true },
    parent: { type: String, default: null },
    attributes: { type: [Schema.Types.Mixed], required: true } as never,
    price: { type: Schema.Types.Mixed, default: null },
    durationDays: { type: Number, default: null },
    review: { type: String, default: null },
  },
  { ...schemaOptions, collection: 'listing_categories' },
)
  .index({ tenantId: 1, slug: 1 })
  .index({ tenantId: 1, parent: 1 })
  .index({ tenantId: 1, 'attributes.key': 1 });
