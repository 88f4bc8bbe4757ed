import { loadContract } from '../../pipeline/contract';
import { readContractText } from '../../../assets';
import { checkRules } from '../../../domain/listings/checks/check-rules';
import { cars, golf } from '../../../testing/contract/seed-listing';
import { expectContract } from '../../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const words = 'Driven by one owner and serviced every year, with two sets of tyres, a tow bar and no rust at all.';
const content = { ...golf, description: words };

async function newMarket() {
  const { key, partnerId } = await api.newTenant();
  expectContract(await api.call('put', '/listing-categories/cars', key).send(cars));
  const send = async (path: string, body: object) => expectContract(await api.call('post', path, key).send(body));
  return {
    key,
    check: (body: object) => send('/listings/check', body),
    create: async (body: object) => String((await send('/listings', body)).body.id),
    set: async (listings: object) =>
      expectContract(await api.call('patch', `/partners/${partnerId}`, OPERATOR_KEY).send({ listings })),
  };
}

describe('the check of content', () => {
  it("names what it found by the category's rules and the partner's words, and stores nothing", async () => {
    const { check, set } = await newMarket();
    expect((await check(content)).body).toEqual({ version: 4, score: 80, findings: [], outcome: 'approve' });
    await set({ bannedWords: ['rust*'], rules: { phone_number: 'block' } });
    const before = await api.database.models.listings.countDocuments();
    const { price: _price, ...free } = content;
    const checked = await check({
      ...free,
      title: 'Golf, call 0151 23456789',
      attributes: { fuel: 'wood', electric: false },
    });
    expect(checked.body).toMatchObject({
      outcome: 'reject',
      findings: [
        { rule: 'attribute_missing', severity: 'review', pointer: '/attributes/model' },
        { rule: 'attribute_invalid', severity: 'review', pointer: '/attributes/fuel' },
        { rule: 'price_missing', severity: 'review', pointer: '/price' },
        { rule: 'phone_number', severity: 'block', pointer: '/title', evidence: '01•• ••••••89' },
        { rule: 'banned_word', severity: 'review', pointer: '/description', evidence: 'rust' },
      ],
    });
    expect(await api.database.models.listings.countDocuments()).toBe(before);
  });

  it('finds duplicates of the tenant by their owner, but not the listing itself', async () => {
    const { check, create } = await newMarket();
    const stranger = await newMarket();
    await stranger.create(content);
    const own = await create({ ...content, ownerRef: 'dealer-1' });
    const others = [
      await create({ ...content, ownerRef: 'dealer-2' }),
      await create({ ...content, title: 'VOLKSWAGEN golf: first owner' }),
    ];
    const findings = async (more: object) => (await check({ ...content, ...more })).body.findings;
    const evidence = (count: number) => `listings with the same text: ${count}`;
    const duplicates = [
      { rule: 'duplicate_of_own', severity: 'info', pointer: '', evidence: evidence(1), listingIds: [own] },
      {
        rule: 'duplicate_of_other',
        severity: 'review',
        pointer: '',
        evidence: evidence(2),
        listingIds: expect.arrayContaining(others) as unknown,
      },
    ];
    expect(await findings({ ownerRef: 'dealer-1' })).toEqual(duplicates);
    expect(await findings({ listingId: own })).toEqual([
      { ...duplicates[1], listingIds: expect.arrayContaining([own, ...others]) as unknown },
    ]);
    expect((await findings({ listingId: own }))[0].listingIds[0]).toBe(own);
  });

  it('follows a change of the text', async () => {
    const { key, check, create } = await newMarket();
    const id = await create(content);
    expectContract(await api.call('patch', `/listings/${id}`, key).send({ description: `${words} Sold as seen.` }));
    expect((await check(content)).body.findings).toEqual([]);
    expect((await check({ ...content, description: `${words} SOLD as seen!` })).body.findings).toMatchObject([
      { rule: 'duplicate_of_own', listingIds: [id] },
    ]);
  });

  it('finds listings with the URL of an image, until they have another', async () => {
    const { key, check, create } = await newMarket();
    const [front, back] = [{ url: 'https://images.example/front.jpg' }, { url: 'https://images.example/back.jpg' }];
    const other = {
      ...content,
      title: 'A wooden table',
      description: 'Four legs, two drawers, and no scratch at all.',
    };
    const id = await create({ ...other, images: [front, back], ownerRef: 'dealer-2' });
    const images = [{ url: 'https://IMAGES.example:443/back.jpg' }];
    const found = async () => (await check({ ...content, images, ownerRef: 'dealer-1' })).body.findings;
    expect(await found()).toEqual([
      {
        rule: 'duplicate_of_other',
        severity: 'review',
        pointer: '/images',
        evidence: 'listings with an image of the same URL: 1',
        listingIds: [id],
      },
    ]);
    expectContract(await api.call('patch', `/listings/${id}`, key).send({ images: [front] }));
    expect(await found()).toEqual([]);
  });

  it('shows at most 10 duplicates of a kind, and those of others behind any number of own ones', async () => {
    const { check, create } = await newMarket();
    const own: string[] = [];
    for (let count = 0; count < 12; count += 1) own.push(await create({ ...content, ownerRef: 'dealer-1' }));
    const other = await create({ ...content, ownerRef: 'dealer-2' });
    const { findings } = (await check({ ...content, listingId: own[3] })).body;
    expect(findings.map(({ listingIds }: { listingIds: string[] }) => listingIds)).toEqual([
      [own[3], ...own.filter((_id, index) => index !== 3).slice(0, 10)],
      [own[3], other],
    ]);
  });

  it.each([
    ['category', 'CATEGORY_UNKNOWN', '/category', { category: 'boats' }],
    ['listing', 'LISTING_UNKNOWN', '/listingId', { listingId: 'lst_01m7y3ad3af6e964zt6px52w8e' }],
    ['owner', 'USER_UNKNOWN', '/ownerUserId', { ownerUserId: 'usr_01m7y3ad3af6e964zt6px52w8e' }],
    ['pair of owners', 'OWNER_INVALID', '/ownerRef', { ownerUserId: 'usr_01m7y3ad3af6e964zt6px52w8e', ownerRef: 'x' }],
    ['title', 'INVALID_REQUEST', '/title', { title: ' a ' }],
  ])('is refused for an unknown or wrong %s', async (_name, code, pointer, change) => {
    const { check } = await newMarket();
    const { status, body } = await check({ ...content, ...change });
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, code, pointer]);
  });

  it("knows another tenant's listing as little as one that does not exist", async () => {
    const { check } = await newMarket();
    const listingId = await (await newMarket()).create(content);
    expect((await check({ ...content, listingId })).body.code).toBe('LISTING_UNKNOWN');
  });
});

it('has the rules that the contract lists', () => {
  const { ListingRule } = loadContract(readContractText()).definitions.$defs as { ListingRule: { enum: string[] } };
  expect(ListingRule.enum).toEqual(Object.keys(checkRules));
});
