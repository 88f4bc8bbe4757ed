import { isId } from '../domain/ids';
import type { Database } from '../models/database';
import { replyWithTag } from './etag';
import { notFound, type Handlers } from './handler';
import type { ListPage } from './list';
import { presentInvoice } from './present-invoice';

/** The invoices of subscriptions, which only their subscription changes. */
export function invoiceHandlers({ database, listPage }: { database: Database; listPage: ListPage }): Handlers<'listInvoices' | 'getInvoice'> {
  const { invoices, subscriptions } = database.models;

  return {
    async listInvoices(call) {
      const { tenantId, params: { subscriptionId }, query: { state } } = call;
      const known = isId('subscription', subscriptionId) && (await subscriptions.exists({ _id: subscriptionId, tenantId }));
      if (!known) throw notFound('subscription');
      const filter = { tenantId, subscriptionId, ...(state === undefined ? {} : { state }) };
      return listPage({ call, model: invoices, filter, by: { field: '_id', order: -1 }, present: (items) => items.map(presentInvoice) });
    },

    async getInvoice(call) {
      const { tenantId, params: { invoiceId } } = call;
      const invoice = isId('invoice', invoiceId) ? await invoices.findOne({ _id: invoiceId, tenantId }).lean() : null;
      if (!invoice) throw notFound('invoice');
      return replyWithTag({ call, version: invoice.version, body: presentInvoice(invoice) });
    },
  };
}
