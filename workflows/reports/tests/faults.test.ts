import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { createGridFsFileStore } from '../../../src/clients/storage/gridfs-file-store';
import { createFaultySteps, type Cell, type Mode } from '../../../src/testing/faults/faulty-steps';
import { inBatches } from '../../../src/testing/in-batches';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import type { ReportFormat } from '../../../src/domain/reports/report-type';
import type { OfferedFile } from '../../../src/models/reports/report';
import { openReportWorld, type ReportWorld } from './report-world';

/** No money moves here, so two modes stand for all: an answer that is lost, and a worker that dies. */
const modes = ['fails once after its effect', 'is killed after any of its effects'] as const satisfies Mode[];
const formats: ReportFormat[] = ['json', 'csv', 'html', 'pdf'];
const steps = ['beginReport', 'gatherAnalytics', 'generateReport', 'storeReport', 'logReportGeneration'];

let world: ReportWorld;
const faulty = createFaultySteps();
beforeAll(async () => {
  quietTemporal();
  world = await openReportWorld({ wrap: faulty.wrap });
  faulty.attach(world);
});
afterAll(() => world?.close());

/** Returns a report of its own partner, which had the given fault, once it is made. */
async function made(cell?: Cell): Promise<string> {
  const { tenantId } = await world.newPartner();
  await world.seedCaptures(7, { tenantId });
  const order = { tenantId, formats, deliverTo: [{ email: 'ada@example.com' }] };
  const { _id } = await world.accept(order, (id) => {
    if (cell) faulty.set(id, cell);
    return { reached: Promise.resolve(), release: () => undefined };
  });
  const state = await world.handle(_id).result();
  expect([cell?.name, state, (await world.read(_id)).failure]).toEqual([cell?.name, 'completed', null]);
  return _id;
}

/** Returns true when the bytes in the store are those that the report states. */
async function isWhole({ fileId, sha256, bytes }: OfferedFile): Promise<boolean> {
  const store = createGridFsFileStore({ database: world.database });
  const stored = await buffer(await store.read({ key: fileId, sha256, bytes }));
  return stored.length === bytes && createHash('sha256').update(stored).digest('hex') === sha256;
}

/** Returns all that a report leaves behind. */
async function standing(reportId: string) {
  const { state, rowCount, figures, files, progress, tenantId } = await world.read(reportId);
  const { parts, files: rows } = await world.remains(reportId);
  const { models } = world.database;
  const stored = await models.files.find({ reportId, state: 'ready' }).lean();
  return {
    state,
    rowCount,
    captured: figures?.find(({ id }) => id === 'captured')?.value,
    rows: progress.rows,
    offered: await Promise.all(files.map(async (file) => [file.format, await isWhole(file)])),
    mails: await models.outbox.countDocuments({ open: true, pending: 'mail', tenantId }),
    readyFiles: stored.length,
    // Those of writers that were killed, or failed on a busy machine, are marked and swept later.
    areOthersMarked: (await models.files.countDocuments({ reportId, state: 'deleting' })) === rows - stored.length,
    parts,
    events: await world.eventsOf(reportId),
    slots: await models.reportSlots.countDocuments({ reportIds: reportId }),
    outstanding: faulty.outstanding(reportId),
  };
}

it('leaves the same behind, once, whichever of its steps loses its answer or its worker', async () => {
  const undisturbed = await made();
  const expected = await standing(undisturbed);
  expect(expected).toMatchObject({
    state: 'completed',
    rowCount: 7,
    captured: 700,
    parts: 0,
    slots: 0,
    readyFiles: 4,
    mails: 1,
  });
  const cells = modes.flatMap((mode) => faulty.cells({ mode, steps, like: undisturbed }));
  let recorded = false;
  const outcomes = await inBatches(cells, async (cell) => {
    const reportId = await made(cell);
    if (!recorded && cell.step === 'generateReport' && cell.effect !== undefined) {
      recorded = true;
      await recordHistory('report-killed', world.handle(reportId));
    }
    return [`${cell.name} ${cell.mode}`, await standing(reportId)] as const;
  });
  expect(Object.fromEntries(outcomes)).toEqual(
    Object.fromEntries(cells.map((cell) => [`${cell.name} ${cell.mode}`, expected])),
  );
});
