import { createGridFsFileStore } from '../../../clients/storage/gridfs-file-store';
import { offerCsvFile } from '../../../testing/contract/offer-csv-file';
import { seedReport } from '../../../testing/contract/seed-report';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const points = Array.from({ length: 366 }, (_, day) => ({ label: `day ${day}`, value: day }));

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** Returns the projections with which requests read reports from now on. */
function watchReads(): unknown[] {
  const projections: unknown[] = [];
  api.database.connection.getClient().on('commandStarted', ({ command }) => {
    if (command.find === 'reports') projections.push(command.projection);
  });
  return projections;
}

it('reads the points of charts for nothing but the report itself: a year in every currency is megabytes', async () => {
  const { database } = api;
  const { key, tenantId } = await api.newTenant();
  const { reportId } = await seedReport({ api, key });
  await offerCsvFile({ database, store: createGridFsFileStore({ database }), tenantId, reportId, content: 'a' });
  const series = [{ id: 'captured', currency: 'EUR', points }];
  await database.models.reports.updateOne({ _id: reportId }, { $set: { series } });
  const { url } = (await api.call('post', `/reports/${reportId}/links`, key).send({ format: 'csv' })).body;

  const projections = watchReads();
  for (const path of ['', `/${reportId}/events`, `/${reportId}/files/csv`, `/${reportId}/links`])
    expect((await api.call('get', `/reports${path}`, key)).status).toBe(200);
  expect((await api.call('get', url.replace('https://api.example.com/api/v1', ''))).status).toBe(200);
  expect(projections).toEqual([...Array.from({ length: 4 }, () => ({ series: 0 })), { files: 1, tenantId: 1 }]);
  expect((await api.call('get', `/reports/${reportId}`, key)).body.series[0].points).toHaveLength(points.length);
});
