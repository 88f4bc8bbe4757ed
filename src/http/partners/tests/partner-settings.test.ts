import { expectContract } from '../../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const get = async (path: string, as: string) => expectContract(await api.call('get', path, as));

describe("a partner's dunning ladder", () => {
  it('is the default until it is set, and its days must increase', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    const standard = { retryAfterDays: [1, 3, 5, 7], cancelAfterDays: 14 };
    expect((await get(path, OPERATOR_KEY)).body.dunning).toEqual(standard);
    const patch = async (dunning: object) =>
      expectContract(await api.call('patch', path, OPERATOR_KEY).send({ dunning }));
    const refused = await patch({ retryAfterDays: [3, 2], cancelAfterDays: 14 });
    expect([refused.status, refused.body.code, refused.body.errors[0].pointer]).toEqual([
      422,
      'DUNNING_INVALID',
      '/dunning/retryAfterDays/1',
    ]);
    expect((await get(path, OPERATOR_KEY)).body.dunning).toEqual(standard);
    const own = { retryAfterDays: [2, 4], cancelAfterDays: 30 };
    expect((await patch(own)).body.dunning).toEqual(own);
    expect((await api.database.models.partners.findById(partnerId).lean())?.dunning).toEqual(own);
    const made = expectContract(await api.call('post', '/partners', OPERATOR_KEY).send({ name: 'Acme', dunning: own }));
    expect(made.body.dunning).toEqual(own);
  });
});

describe("a partner's deny list", () => {
  const entry = { kind: 'customer', value: 'cust-7', reason: 'Chargebacks' };

  it('is empty until an operator sets it and is replaced as a whole', async () => {
    const { partnerId, key: own } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    const patch = async (change: object, as = OPERATOR_KEY) =>
      expectContract(await api.call('patch', path, as).send(change));
    expect((await get(path, OPERATOR_KEY)).body.denyList).toEqual([]);
    expect((await patch({ denyList: [entry] }, own)).status).toBe(403);
    const set = await patch({
      denyList: [
        { ...entry, value: ' cust-7 ' },
        { ...entry, kind: 'payment_method' },
      ],
    });
    expect(set.body.denyList).toEqual([entry, { ...entry, kind: 'payment_method' }]);
    expect((await patch({ name: 'Acme & Sons' })).body.denyList).toEqual(set.body.denyList);
    expect((await get(path, OPERATOR_KEY)).body.denyList).toEqual(set.body.denyList);
    expect((await patch({ denyList: [] })).body.denyList).toEqual([]);
    const made = expectContract(
      await api.call('post', '/partners', OPERATOR_KEY).send({ name: 'Acme', denyList: [entry] }),
    );
    expect(made.body.denyList).toEqual([entry]);
  });

  it('with a duplicate entry is rejected, and the list stays unchanged', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    const denyList = [entry, { ...entry, value: 'CUST-7', reason: 'Again' }];
    for (const [method, to, more] of [
      ['patch', path, {}],
      ['post', '/partners', { name: 'Acme' }],
    ] as const) {
      const { status, body } = expectContract(await api.call(method, to, OPERATOR_KEY).send({ ...more, denyList }));
      expect([status, body.code, body.errors[0].pointer]).toEqual([422, 'DENY_LIST_INVALID', '/denyList/1/value']);
    }
    expect((await get(path, OPERATOR_KEY)).body.denyList).toEqual([]);
  });
});

describe("a partner's decision about suspended users", () => {
  it('is to pause their subscriptions until it is set', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    expect((await get(path, OPERATOR_KEY)).body.suspendedUsers).toBe('pause');
    const patch = async (suspendedUsers: string) =>
      expectContract(await api.call('patch', path, OPERATOR_KEY).send({ suspendedUsers }));
    expect((await patch('bill')).body.suspendedUsers).toBe('bill');
    expect((await patch('refund')).status).toBe(422);
    const made = expectContract(
      await api.call('post', '/partners', OPERATOR_KEY).send({ name: 'Acme', suspendedUsers: 'bill' }),
    );
    expect(made.body.suspendedUsers).toBe('bill');
  });
});

describe("a partner's settings of listings", () => {
  const reviews = { instantFields: ['price', 'metadata'], deputies: [], onSilence: 'wait', durationDays: 30 };
  const ends = { graceDays: 30, remindDays: [7, 1], noticeAt: '09:00' };
  const others = { ...reviews, ...ends };
  const defaults = { review: 'flagged', bannedWords: [], rules: {}, ...others };

  it('are the defaults until they are set, each by itself', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    const patch = async (listings: object) =>
      expectContract(await api.call('patch', path, OPERATOR_KEY).send({ listings })).body.listings;
    expect((await get(path, OPERATOR_KEY)).body.listings).toEqual(defaults);
    const rules = { link: 'block', shouting: 'off' };
    expect(await patch({ rules, bannedWords: [' Casino* '] })).toEqual({
      ...defaults,
      rules,
      bannedWords: ['Casino*'],
    });
    expect(await patch({ review: 'always' })).toEqual({
      ...others,
      review: 'always',
      rules,
      bannedWords: ['Casino*'],
    });
    expect(await patch({ rules: {} })).toEqual({ ...others, review: 'always', rules: {}, bannedWords: ['Casino*'] });
    expect((await get(path, OPERATOR_KEY)).body.listings).toEqual(await patch({ bannedWords: ['Casino*'] }));
    const changed = { instantFields: [], deputies: ['d@partner.example'], onSilence: 'reject', durationDays: 60 };
    expect(await patch(changed)).toMatchObject(changed);
    const end = { graceDays: 0, remindDays: [1, 30, 3], noticeAt: '23:59' };
    expect(await patch(end)).toMatchObject({ ...changed, ...end, remindDays: [30, 3, 1] });
    expect(await patch({ remindDays: [] })).toMatchObject({ graceDays: 0, remindDays: [], noticeAt: '23:59' });
    const created = { name: 'Acme', listings: { bannedWords: ['spam '] } };
    const made = expectContract(await api.call('post', '/partners', OPERATOR_KEY).send(created));
    expect(made.body.listings).toEqual({ ...defaults, bannedWords: ['spam'] });
  });

  it('are the defaults for a partner that was created before there were any', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    await api.database.models.partners.collection.updateOne({ _id: partnerId as never }, { $unset: { listings: 1 } });
    expect((await get(path, OPERATOR_KEY)).body.listings).toEqual(defaults);
    const { body } = expectContract(
      await api.call('patch', path, OPERATOR_KEY).send({ listings: { review: 'never' } }),
    );
    expect(body.listings).toEqual({ ...defaults, review: 'never' });
  });

  it.each([
    [{ bannedWords: ['spam', 'SPÄM'] }, 'BANNED_WORDS_INVALID', '/listings/bannedWords/1'],
    [{ deputies: ['d@a.example', 'D@a.example'] }, 'INVALID_REQUEST', '/listings/deputies/1'],
    [{ instantFields: ['title'] }, 'INVALID_REQUEST', '/listings/instantFields/0'],
    [{ bannedWords: ['…'] }, 'BANNED_WORDS_INVALID', '/listings/bannedWords/0'],
    [{ graceDays: 366 }, 'INVALID_REQUEST', '/listings/graceDays'],
    [{ remindDays: [7, 0] }, 'INVALID_REQUEST', '/listings/remindDays/1'],
    [{ remindDays: [7, 1, 7] }, 'INVALID_REQUEST', '/listings/remindDays'],
    [{ remindDays: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }, 'INVALID_REQUEST', '/listings/remindDays'],
    [{ noticeAt: '24:00' }, 'INVALID_REQUEST', '/listings/noticeAt'],
    [{ noticeAt: '9:00' }, 'INVALID_REQUEST', '/listings/noticeAt'],
    [{ rules: { phone: 'block' } }, 'INVALID_REQUEST', '/listings/rules/phone'],
    [{ rules: { link: 'reject' } }, 'INVALID_REQUEST', '/listings/rules/link'],
  ])('are refused: %j', async (listings, code, pointer) => {
    const { partnerId } = await api.newTenant();
    for (const [method, to, more] of [
      ['patch', `/partners/${partnerId}`, {}],
      ['post', '/partners', { name: 'Acme' }],
    ] as const) {
      const { status, body } = expectContract(await api.call(method, to, OPERATOR_KEY).send({ ...more, listings }));
      expect([status, body.code, body.errors[0].pointer]).toEqual([422, code, pointer]);
    }
  });
});

describe("a partner's settings of reports", () => {
  const defaults = { csv: { delimiter: ',', decimal: '.', bom: false } };

  it('are the defaults until they are set, each by itself', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    const patch = async (csv: object) =>
      expectContract(await api.call('patch', path, OPERATOR_KEY).send({ reports: { csv } }));
    const { body, headers } = await get(path, OPERATOR_KEY);
    expect(body.reports).toEqual(defaults);
    const set = await patch({ delimiter: ';', decimal: ',' });
    expect(set.body.reports).toEqual({ csv: { delimiter: ';', decimal: ',', bom: false } });
    expect(set.headers.etag).not.toBe(headers.etag);
    expect((await patch({ bom: true })).body.reports).toEqual({ csv: { delimiter: ';', decimal: ',', bom: true } });
    expect((await get(path, OPERATOR_KEY)).body.reports).toEqual({ csv: { delimiter: ';', decimal: ',', bom: true } });
    const created = { name: 'Acme', reports: { csv: { delimiter: '\t' } } };
    const made = expectContract(await api.call('post', '/partners', OPERATOR_KEY).send(created));
    expect(made.body.reports).toEqual({ csv: { ...defaults.csv, delimiter: '\t' } });
  });

  it.each([
    [{ csv: { delimiter: ',', decimal: ',' } }, 'CSV_SETTINGS_INVALID', '/reports/csv/delimiter'],
    [{ csv: { decimal: ',' } }, 'CSV_SETTINGS_INVALID', '/reports/csv/decimal'],
    [{ csv: { delimiter: '|' } }, 'INVALID_REQUEST', '/reports/csv/delimiter'],
    [{ csv: { bom: 'yes' } }, 'INVALID_REQUEST', '/reports/csv/bom'],
    [{ csv: {} }, 'INVALID_REQUEST', '/reports/csv'],
  ])('are refused: %j', async (reports, code, pointer) => {
    const { partnerId } = await api.newTenant();
    for (const [method, to, more] of [
      ['patch', `/partners/${partnerId}`, {}],
      ['post', '/partners', { name: 'Acme' }],
    ] as const) {
      const { status, body } = expectContract(await api.call(method, to, OPERATOR_KEY).send({ ...more, reports }));
      expect([status, body.code, body.errors[0].pointer]).toEqual([422, code, pointer]);
    }
    expect((await get(`/partners/${partnerId}`, OPERATOR_KEY)).body.reports).toEqual(defaults);
  });

  it('never get one character for both separators by two changes at once', async () => {
    const { partnerId } = await api.newTenant();
    const path = `/partners/${partnerId}`;
    const patch = (csv: object) => api.call('patch', path, OPERATOR_KEY).send({ reports: { csv } });
    for (let round = 0; round < 5; round += 1) {
      await patch({ delimiter: ';', decimal: '.' });
      const answers = await Promise.all([patch({ delimiter: ',' }), patch({ decimal: ',' })]);
      expect(answers.map((answer) => expectContract(answer).status).toSorted((one, other) => one - other)).toEqual([
        200, 422,
      ]);
    }
  });
});

describe("a partner's times of notices", () => {
  it('are planned anew for its listings in both modes where they change, and not otherwise', async () => {
    const { partnerId } = await api.newTenant();
    const { outbox } = api.database.models;
    const patch = async (change: object) =>
      expect(expectContract(await api.call('patch', `/partners/${partnerId}`, OPERATOR_KEY).send(change)).status).toBe(
        200,
      );
    const ordered = async () => {
      const rows = await outbox.find({ entityId: partnerId, pending: 'notices' }).sort({ tenantId: 1 }).lean();
      await outbox.deleteMany({ entityId: partnerId });
      return rows.map(({ tenantId }) => tenantId.split(':')[1]);
    };
    const both = ['live', 'live', 'sandbox', 'sandbox'];
    for (const [change, expected] of [
      [{ listings: { remindDays: [1, 7] } }, []],
      [{ listings: { remindDays: [3, 7, 1] } }, both],
      [{ listings: { remindDays: [7, 3, 1], onSilence: 'reject' } }, []],
      [{ listings: { noticeAt: '07:00' } }, both],
      [{ timeZone: 'Asia/Tokyo' }, both],
      [{ timeZone: 'Asia/Tokyo', name: 'Acme', listings: { noticeAt: '07:00' } }, []],
    ] as const) {
      await patch(change);
      expect([change, await ordered()]).toEqual([change, expected]);
    }
  });
});
