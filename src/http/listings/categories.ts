import { isSlug } from '../../domain/listings/categories';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import { categoryVersionOf, type ListingCategory } from '../../models/listings/listing-category';
import { deleteCategory } from '../../services/listings/delete-category';
import { findCategory } from '../../services/listings/find-category';
import { putCategory } from '../../services/listings/put-category';
import { notFound, type Handler, type Handlers } from '../handler';
import { RequestProblem } from '../problem';
import { changeInTransaction } from '../replies/change-in-transaction';
import { rejectUnlessMatching, rejectUnlessMayCreate, replyWithContentTag, replyWithTag } from '../replies/etag';
import type { ListPage } from '../replies/list';
import type { Turns } from '../replies/turns';
import { presentCategory, presentCategoryForBuyers, termsOfBody } from './present-category';
import { isBuyer } from './present-found-listing';

export interface CategoryHandlersInput {
  database: Database;
  turns: Turns;
  listPage: ListPage;
  basePath: string;
}

type CategoryOperations =
  | 'listListingCategories'
  | 'putListingCategory'
  | 'getListingCategory'
  | 'deleteListingCategory';

/** Creates, replaces, reads and deletes the categories of listings. */
export function categoryHandlers({
  database,
  turns,
  listPage,
  basePath,
}: CategoryHandlersInput): Handlers<CategoryOperations> {
  const put: Handler<'putListingCategory'> = async (call) => {
    const { tenantId, body } = call;
    const slug = requireSlug(call.params.slug);
    try {
      const { category, isNew } = await changeInTransaction({
        database,
        turns,
        contended: treeOf(tenantId),
        call,
        async change(session, at) {
          const before = await findCategory({ database, session, tenantId, slug });
          if (before) rejectUnlessMatching({ call, version: categoryVersionOf(before) });
          else rejectUnlessMayCreate({ call });
          const terms = termsOfBody(body);
          const after = await putCategory({ database, session, tenantId, slug, before, terms, at });
          return { category: after, isNew: before === null };
        },
      });
      const reply = replyWithTag({ version: categoryVersionOf(category), body: presentCategory(category) });
      if (!isNew) return reply;
      const headers = { ...reply.headers, Location: `${basePath}/listing-categories/${slug}` };
      return { ...reply, status: 201, headers };
    } catch (error) {
      // Another request has created the category first, so this one replaces it.
      if (isDuplicateKey(error)) return put(call);
      throw error;
    }
  };

  return {
    listListingCategories: (call) =>
      listPage({
        call,
        model: database.models.listingCategories,
        filter: { tenantId: call.tenantId },
        by: { order: 1, fields: [{ name: 'slug', kind: 'text' }] },
        present: (items: ListingCategory[]) =>
          items.map(isBuyer(call.caller) ? presentCategoryForBuyers : presentCategory),
      }),

    putListingCategory: put,

    async getListingCategory({ tenantId, caller, params: { slug } }) {
      const category = await findCategory({ database, tenantId, slug });
      if (!category) throw notFound('category', 'slug');
      if (isBuyer(caller)) return replyWithContentTag(presentCategoryForBuyers(category));
      return replyWithTag({ version: categoryVersionOf(category), body: presentCategory(category) });
    },

    deleteListingCategory: (call) =>
      changeInTransaction({
        database,
        turns,
        contended: treeOf(call.tenantId),
        call,
        async change(session) {
          const { tenantId, params } = call;
          const category = await findCategory({ database, session, tenantId, slug: params.slug });
          if (!category) throw notFound('category', 'slug');
          rejectUnlessMatching({ call, version: categoryVersionOf(category) });
          await deleteCategory({ database, session, category });
          return { status: 204, body: null };
        },
      }),
  };
}

/** A category that gets a parent writes the categories above it, so all changes of a tenant's tree take turns. */
const treeOf = (tenantId: string): string => `${tenantId}/listing-categories`;

/** @throws RequestProblem `INVALID_PARAMETER` for a text that cannot be the slug of a category */
function requireSlug(text: string): string {
  if (isSlug(text)) return text;
  const detail = 'must have 1–60 lower-case letters, digits and single dashes between them, such as used-cars';
  throw new RequestProblem('INVALID_PARAMETER', `slug ${detail}`, {
    errors: [{ parameter: 'slug', rule: 'pattern', detail }],
  });
}
