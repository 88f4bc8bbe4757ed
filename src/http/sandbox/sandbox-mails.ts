import { isId } from '../../domain/ids';
import { normaliseEmail } from '../../domain/values/email';
import type { Database } from '../../models/database';
import type { SandboxMail } from '../../models/sandbox/sandbox-mail';
import type { components } from '../generated/openapi-types';
import { notFound, type Handlers } from '../handler';
import { replyWithTag } from '../replies/etag';
import { createdWithin, type ListPage, newestFirst } from '../replies/list';
import { requireSandbox } from './require-sandbox';

export interface SandboxMailHandlersInput {
  database: Database;
  listPage: ListPage;
}

/** Reads the mails that a sandbox has kept. */
export function sandboxMailHandlers({
  database,
  listPage,
}: SandboxMailHandlersInput): Handlers<'listSandboxMails' | 'getSandboxMail'> {
  const { sandboxMails } = database.models;

  return {
    async listSandboxMails(call) {
      requireSandbox(call, 'mails that can be read');
      const { to, template, state, entityId } = call.query;
      return listPage({
        call,
        model: sandboxMails,
        filter: {
          tenantId: call.tenantId,
          ...(to === undefined ? {} : { toKey: normaliseEmail(to) }),
          ...(template === undefined ? {} : { template }),
          ...(state === undefined ? {} : { state }),
          ...(entityId === undefined ? {} : { entityId }),
          ...createdWithin(call.query),
        },
        by: newestFirst,
        present: (items) => items.map(presentSandboxMail),
      });
    },

    async getSandboxMail({ tenantId, params: { mailId } }) {
      const mail = isId('sandboxMail', mailId) ? await sandboxMails.findOne({ _id: mailId, tenantId }).lean() : null;
      if (!mail) throw notFound('mail');
      return replyWithTag({ version: 1, body: presentSandboxMail(mail) });
    },
  };
}

function presentSandboxMail(mail: SandboxMail): components['schemas']['SandboxMail'] {
  return {
    id: mail._id,
    state: mail.state,
    template: mail.template,
    audience: mail.audience,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    entity: { type: mail.entityType, id: mail.entityId },
    correlationId: mail.correlationId,
    createdAt: mail.createdAt.toISOString(),
  };
}
