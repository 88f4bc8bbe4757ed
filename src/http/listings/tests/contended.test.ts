import { cars, golf, seedListing } from '../../../testing/contract/seed-listing';
import { watchCommands } from '../../../testing/servers/count-commands';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let key: string;
let listingId: string;
let taken: () => string[];

beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.newTenant());
  ({ listingId } = await seedListing({ api, key }));
  taken = watchCommands(api.database);
});
afterAll(() => api.stop());

const REQUESTS = 30;
const names = (index: number) => ({ en: `Cars ${index}`, de: `Autos ${index}` });

it.each<[string, number, 'patch' | 'put' | 'post', (index: number) => string, (index: number) => object]>([
  ['change one listing', 200, 'patch', () => `/listings/${listingId}`, (index) => ({ title: `Golf ${index}` })],
  ['create listings in one category', 201, 'post', () => '/listings', () => golf],
  ['replace one category', 200, 'put', () => '/listing-categories/cars', (index) => ({ names: names(index) })],
  [
    'create categories below one',
    201,
    'put',
    (index) => `/listing-categories/cars-${index}`,
    () => ({ names: cars.names, parent: 'cars' }),
  ],
])(
  '30 concurrent requests that %s all succeed at their first attempt',
  async (_what, status, method, pathOf, bodyOf) => {
    const send = (_: unknown, index: number) => api.call(method, pathOf(index), key).send(bodyOf(index));
    taken();
    const answers = await Promise.all(Array.from({ length: REQUESTS }, send));
    expect(answers.map((answer) => answer.status)).toEqual(Array(REQUESTS).fill(status));
    // A transaction that loses to another is aborted and tried again: few of 30 would commit before their deadlines.
    const ended = taken().filter((command) => command.endsWith('Transaction'));
    expect(ended).toEqual(Array(REQUESTS).fill('commitTransaction'));
  },
);
