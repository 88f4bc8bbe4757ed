import { hashOfReportToken } from '../../../../contracts/reports/report-tokens';
import type { Database } from '../../../../models/database';
import { changeSchedule } from '../../schedules/change-schedule';
import { pauseSchedule } from '../../schedules/move-schedule';
import { acceptDueOf } from '../../schedules/accept-due-of';
import { findLinkedFile } from '../report-links';
import { findRecipient, unsubscribe } from '../subscriptions';
import { CSV, openDeliveryWorld, type DeliveryWorld } from './delivery-world';

let world: DeliveryWorld;
beforeEach(async () => {
  world = await openDeliveryWorld();
});
afterEach(() => world?.close());

const ada = { email: 'ada@example.com' };
const bob = { email: 'bob@example.com' };
/** Makes a schedule with some days due, the last of which was yesterday, and sweeps. */
async function swept(days: number, deliverTo: object[] = [ada, bob], changes: object = {}) {
  const created = `2027-05-${String(10 - days).padStart(2, '0')}T12:00:00Z`;
  const { _id } = await world.create(created, { deliverTo: deliverTo as never, ...changes });
  await world.sweep();
  return { scheduleId: _id, reports: await world.reportsOf(_id) };
}
/** Accepts the report of the day after, and returns its id. */
async function reportOfNextDay(scheduleId: string): Promise<string> {
  await world.setNow('2027-05-11T05:00:00Z');
  await acceptDueOf({ database: world.database, tenantId: world.tenantId, scheduleId });
  return (await world.reportsOf(scheduleId)).at(-1)!;
}
const tokensIn = (raw: string, folder: string): string[] => {
  const text = raw.replaceAll(/=\r?\n/g, '');
  return [...new Set([...text.matchAll(new RegExp(`/${folder}/([\\w-]{43})`, 'g'))].map(([, token]) => token!))];
};

it('windows that are accepted at once come in one mail to each recipient, when the last has ended', async () => {
  const { scheduleId, reports } = await swept(3);
  for (const reportId of [reports[0]!, reports[2]!]) await world.prepare(reportId);
  await world.complete(reports[0]!);
  await world.fail(reports[1]!);
  expect(await world.ordered()).toBe(0);
  await world.complete(reports[2]!);
  await world.send();
  expect(world.server.accepted.map(({ to }) => to)).toEqual([[ada.email], [bob.email]]);
  const { raw } = world.server.accepted[0]!;
  expect(raw).toContain('Subject: [sandbox] Acme: Payments, 2 reports');
  expect([raw.includes('7 May 2027'), raw.includes('8 May 2027'), raw.includes('9 May 2027')]).toEqual([
    true,
    false,
    true,
  ]);
  const states = await Promise.all(reports.map(async (id) => world.statesOf(await world.reportOf(id))));
  expect(states).toEqual([
    ['sent', 'sent'],
    ['skipped', 'skipped'],
    ['sent', 'sent'],
  ]);
  expect(world.statesOf(await world.read(scheduleId))).toEqual(['sent', 'sent']);
  // The reconciler takes a report whose version has no event for one that somebody changed.
  const { events } = world.database.models;
  for (const reportId of reports) {
    const { version } = await world.reportOf(reportId);
    const [last] = await events.find({ entityId: reportId }).sort({ version: -1 }).limit(1).lean();
    expect([last!.version, last!.type]).toEqual([
      version,
      reportId === reports[1] ? 'report.failed' : 'report.mail_sent',
    ]);
  }
});

it('the links of a mail open its files, and only their hashes are stored', async () => {
  const { reports } = await swept(1);
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  await world.send();
  const tokens = world.server.accepted.flatMap(({ raw }) => tokensIn(raw, 'report-links'));
  expect(tokens).toHaveLength(2);
  const { database } = world;
  expect(await findLinkedFile({ database, token: tokens[0]! })).toMatchObject({ file: { format: 'csv' } });
  const links = await database.models.reportLinks.find({}).sort({ recipient: 1 }).lean();
  expect(links.map(({ recipient }) => recipient)).toEqual([ada.email, bob.email]);
  expect(links.map(({ tokenHash }) => tokenHash)).toEqual(tokens.map(hashOfReportToken));
  expect(JSON.stringify([links, await database.models.outbox.find({}).lean()])).not.toContain(tokens[0]);
});

it('reports of a sweep that was killed between two windows are in the mail of the sweep that goes on', async () => {
  // Statements are accepted one after the other.
  const monthly = { type: 'statement', period: 'month' } as const;
  const { _id: scheduleId, tenantId } = await world.create('2027-03-08T12:00:00Z', { ...monthly, deliverTo: [ada] });
  let transactions = 0;
  const inTransaction: Database['inTransaction'] = (work) => {
    if (++transactions === 2) throw new Error('killed');
    return world.database.inTransaction(work);
  };
  const due = { tenantId, scheduleId };
  await expect(acceptDueOf({ database: { ...world.database, inTransaction }, ...due })).rejects.toThrow('killed');
  const [first] = await world.reportsOf(scheduleId);
  await world.prepare(first!);
  await world.complete(first!);
  expect(await world.ordered()).toBe(0);
  await acceptDueOf({ database: world.database, ...due });
  const [, second] = await world.reportsOf(scheduleId);
  await world.prepare(second!);
  await world.complete(second!);
  expect(await world.ordered()).toBe(1);
});

it('a pause in the middle of a sweep delivers what has ended, and what comes later is another mail', async () => {
  const { _id: scheduleId } = await world.create('2027-05-08T12:00:00Z', { deliverTo: [ada] });
  await world.sweep();
  const [first, second] = await world.reportsOf(scheduleId);
  // As if the sweep had stopped after the first window.
  const { reports, reportSchedules, outbox } = world.database.models;
  await reportSchedules.updateOne({ _id: scheduleId }, { $set: { openGroup: `${scheduleId}/open` } });
  await reports.updateOne({ _id: first }, { $set: { deliveryGroup: `${scheduleId}/open` } });
  for (const reportId of [first!, second!]) await world.prepare(reportId);
  await world.complete(first!);
  expect(await world.ordered()).toBe(0);
  const paused = await world.change(scheduleId, (input) => pauseSchedule({ ...input, reason: 'requested' }));
  expect([paused.openGroup, await world.ordered()]).toEqual([null, 1]);
  await world.complete(second!);
  const keys = (await outbox.find({ 'mail.template': 'reportReady' }).lean()).map(({ mail }) => mail!.key);
  expect(new Set(keys).size).toBe(2);
});

it('two reports that end at the same moment make one mail', async () => {
  const { reports } = await swept(2, [ada]);
  for (const reportId of reports) await world.prepare(reportId);
  await Promise.all(reports.map((reportId) => world.complete(reportId)));
  expect(await world.ordered()).toBe(1);
  for (const reportId of reports) await world.complete(reportId);
  expect(await world.ordered()).toBe(1);
});

it('a dead address is stopped, with an event, until the recipients are sent again; the others go on', async () => {
  world.server.refuse({ stage: 'RCPT TO', code: 550, text: '5.1.1 No such mailbox' }, bob.email);
  const { scheduleId, reports } = await swept(1);
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  for (let attempt = 0; attempt < 3; attempt += 1) await world.send();
  expect(world.statesOf(await world.reportOf(reports[0]!))).toEqual(['sent', 'failed']);
  const { deliverTo } = await world.read(scheduleId);
  expect(deliverTo).toMatchObject([{ state: 'sent' }, { state: 'failed', reason: 'refused' }]);
  const { events } = world.database.models;
  const failed = await events.find({ entityId: scheduleId, type: 'report_schedule.delivery_failed' }).lean();
  expect(failed.map(({ data }) => data)).toEqual([{ recipient: 'recipient 2', code: 550, status: '5.1.1' }]);
  const next = await reportOfNextDay(scheduleId);
  await world.prepare(next);
  await world.complete(next);
  await world.send();
  expect(world.server.offered.filter((address) => address === bob.email)).toHaveLength(3);
  expect(world.statesOf(await world.reportOf(next))).toEqual(['sent', 'failed']);
  const patched = await world.change(scheduleId, (input) =>
    changeSchedule({ ...input, patch: { deliverTo: [ada, bob] } }),
  );
  expect(world.statesOf(patched)).toEqual(['sent', 'pending']);
});

it('a refusal of the content stops nobody', async () => {
  world.server.refuse({ stage: 'DATA', code: 554 });
  const { scheduleId, reports } = await swept(1, [ada]);
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  for (let attempt = 0; attempt < 3; attempt += 1) await world.send();
  expect(world.statesOf(await world.reportOf(reports[0]!))).toEqual(['failed']);
  expect(world.statesOf(await world.read(scheduleId))).toEqual(['pending']);
});

it('who unsubscribes by the link of a mail gets no other, whatever the schedule says later', async () => {
  const { scheduleId, reports } = await swept(1);
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  await world.send();
  const [mail] = world.server.accepted;
  expect(mail!.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  const [token] = tokensIn(mail!.raw, 'report-unsubscribes');
  const { database } = world;
  const recipient = await findRecipient({ database, token: token! });
  const next = await reportOfNextDay(scheduleId);
  await world.prepare(next);
  await world.complete(next);
  // The next mail is ordered already.
  for (let times = 0; times < 2; times += 1) await unsubscribe({ database, recipient: recipient! });
  await world.send();
  expect(world.server.accepted.map(({ to }) => to[0])).toEqual([ada.email, bob.email, bob.email]);
  expect(world.statesOf(await world.reportOf(next))).toEqual(['unsubscribed', 'sent']);
  const again = (input: Parameters<typeof changeSchedule>[0]) => changeSchedule(input);
  await world.change(scheduleId, (input) => again({ ...input, patch: { deliverTo: [] } }));
  const patched = await world.change(scheduleId, (input) => again({ ...input, patch: { deliverTo: [ada] } }));
  expect(world.statesOf(patched)).toEqual(['unsubscribed']);
});

it('attaches the file to the mail of the recipient who wants it', async () => {
  const { reports } = await swept(1, [{ ...ada, attach: 'csv' }, bob]);
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  await world.send();
  const [withFile, without] = world.server.accepted;
  expect(withFile!.raw).toContain(Buffer.from(CSV).toString('base64'));
  expect(withFile!.raw).toMatch(/Content-Disposition: attachment; filename="?payments-2026-03\.csv/);
  expect(without!.raw).not.toContain('Content-Disposition: attachment');
});

it('a file that is not what was written is not attached, and the mail goes all the same', async () => {
  const { reports } = await swept(1, [{ ...ada, attach: 'csv' }]);
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  const data = Buffer.from(CSV.replace('10.50', '11.50'));
  await world.database.models.storedChunks.collection.updateMany({}, { $set: { data } });
  await world.send();
  const { raw } = world.server.accepted[0]!;
  expect(raw.replaceAll(/=\r?\n/g, '')).toContain('is not attached, because the file could not be read');
  expect(raw).not.toContain('Content-Disposition: attachment');
  expect(await world.database.models.stuckItems.countDocuments({ kind: 'file_damaged', open: true })).toBe(1);
});

it('three failures in a row tell the recipients that their schedule is paused', async () => {
  const { scheduleId, reports } = await swept(3, [ada]);
  for (const reportId of reports) await world.fail(reportId);
  expect(await world.read(scheduleId)).toMatchObject({ state: 'paused', pausedFor: 'failing' });
  await world.send();
  expect(world.server.accepted).toHaveLength(1);
  expect(world.server.accepted[0]!.raw).toContain('Subject: [sandbox] Acme: reports are paused (Payments)');
});

it('a failure that pauses a schedule in the middle of a sweep delivers what has ended, once', async () => {
  const { scheduleId, reports } = await swept(4, [ada]);
  const { deliveryGroup } = await world.reportOf(reports[0]!);
  // As if the sweep had not yet come to its end.
  await world.database.models.reportSchedules.updateOne({ _id: scheduleId }, { $set: { openGroup: deliveryGroup } });
  await world.prepare(reports[0]!);
  await world.complete(reports[0]!);
  for (const reportId of reports.slice(1)) await world.fail(reportId);
  const rows = await world.database.models.outbox.find({ pending: 'mail' }).sort({ _id: 1 }).lean();
  expect(rows.map(({ mail }) => mail!.template)).toEqual(['reportSchedulePaused', 'reportReady']);
});

it('an empty report is not mailed where the schedule skips such', async () => {
  const { reports } = await swept(1, [ada], { skipEmpty: true });
  await world.prepare(reports[0]!);
  await world.database.models.reports.updateOne({ _id: reports[0]! }, { $set: { rowCount: 0, figures: [] } });
  await world.complete(reports[0]!);
  expect(await world.ordered()).toBe(0);
  expect(world.statesOf(await world.reportOf(reports[0]!))).toEqual(['skipped']);
});
