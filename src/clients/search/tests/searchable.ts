import type { CallerDeadline } from '../../../contracts/listings/caller-deadline';
import type { SearchableListing, SearchQuery } from '../../../contracts/listings/search';

/** The time of every search here. */
export const AT = new Date('2027-01-01T00:00:00.000Z');
const DAY = 24 * 3600 * 1000;

type Offer = Omit<Partial<SearchableListing>, 'content'> & { content?: Partial<SearchableListing['content']> };

/** Returns a listing; `age` makes an older one. */
export const searchable = (tenantId: string, listingId: string, { content, ...more }: Offer = {}, age = 0) => ({
  listingId,
  tenantId,
  version: 1,
  ownerRef: null,
  publishedAt: new Date(AT.getTime() - (age + 1) * 60_000),
  expiresAt: new Date(AT.getTime() + DAY),
  ...more,
  content: {
    title: 'A thing',
    description: 'Nothing to say',
    category: 'things',
    price: null,
    attributes: {},
    place: null,
    ...content,
  },
});

/** A caller that waits as long as it takes. */
const patient: CallerDeadline = { leftMs: 60_000, throwIfOver: () => undefined };

/** Returns a search for everything of a tenant, but for what differs. */
export const searchFor = (tenantId: string, more: Partial<SearchQuery> = {}): SearchQuery => ({
  tenantId,
  text: null,
  categories: null,
  price: null,
  currency: null,
  attributeTerms: [],
  ownerRef: null,
  sort: 'newest',
  facets: [],
  at: AT,
  after: null,
  limit: 100,
  sharer: tenantId,
  deadline: patient,
  ...more,
});
