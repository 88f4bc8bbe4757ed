import { apiKeyHandlers } from './api-keys';
import { meHandlers, type MeHandlersInput } from './me';
import { partnerHandlers, type PartnerHandlersInput } from './partners';

interface PartnersHandlersInput extends MeHandlersInput, PartnerHandlersInput {}

/** Returns the handlers of partners and their keys. */
export const partnersHandlers = (input: PartnersHandlersInput) => ({
  ...partnerHandlers(input),
  ...apiKeyHandlers(input),
  ...meHandlers(input),
});
