import { isId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Invoice } from '../../models/subscriptions/invoice';
import { replyWithTag } from '../replies/etag';
import { notFound, type Handlers } from '../handler';
import { byId, type ListPage } from '../replies/list';
import { presentInvoice, type OpenInvoice } from './present-invoice';

/** Reads invoices, which only their subscription's process changes. */
export function invoiceHandlers({
  database,
  listPage,
}: {
  database: Database;
  listPage: ListPage;
}): Handlers<'listInvoices' | 'getInvoice'> {
  const { invoices, payments, subscriptions } = database.models;

  const findOpen = async ({ state, tenantId, subscriptionId, attempts }: Invoice): Promise<OpenInvoice | null> => {
    if (state !== 'open') return null;
    const last = attempts.at(-1);
    const [subscription, pending] = await Promise.all([
      subscriptions.findOne({ _id: subscriptionId, tenantId }).lean(),
      last?.state === 'pending' ? payments.findOne({ _id: last.paymentId, tenantId }).lean() : null,
    ]);
    return subscription && { subscription, pending };
  };
  const present = async (invoice: Invoice) => presentInvoice({ invoice, open: await findOpen(invoice) });

  return {
    async listInvoices(call) {
      const {
        tenantId,
        params: { subscriptionId },
        query: { state },
      } = call;
      const known =
        isId('subscription', subscriptionId) && (await subscriptions.exists({ _id: subscriptionId, tenantId }));
      if (!known) throw notFound('subscription');
      const filter = { tenantId, subscriptionId, ...(state === undefined ? {} : { state }) };
      return listPage({
        call,
        model: invoices,
        filter,
        by: byId(-1),
        present: (items) => Promise.all(items.map(present)),
      });
    },

    async getInvoice(call) {
      const {
        tenantId,
        params: { invoiceId },
      } = call;
      const invoice = isId('invoice', invoiceId) ? await invoices.findOne({ _id: invoiceId, tenantId }).lean() : null;
      if (!invoice) throw notFound('invoice');
      const open = await findOpen(invoice);
      // `waitingFor` depends on the subscription and the payment, so the tag contains their versions too.
      const version = open
        ? [invoice.version, open.subscription.version, open.pending?.version ?? 0].join('.')
        : invoice.version;
      return replyWithTag({ version, body: presentInvoice({ invoice, open }) });
    },
  };
}
