import type Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { isCurrency } from '../../domain/currencies';
import { canonicalEmail } from '../../domain/email';
import { isLocale } from '../../domain/locale';
import { looksLikeCardNumber } from '../../domain/payments/card';
import { isFreeText, isLine, isStorable } from '../../domain/text';
import { isTimeZone } from '../../domain/time-zone';
import { isWebAddress } from '../../domain/web-address';

/** The domain's judge of each format that openapi.yaml names, apart from those of JSON Schema itself. */
const judges: Record<string, (text: string) => boolean> = {
  currency: isCurrency,
  email: (text) => canonicalEmail(text) !== null,
  'free-text': isFreeText,
  line: isLine,
  locale: isLocale,
  'payment-method': (text) => !looksLikeCardNumber(text),
  storable: isStorable,
  'time-zone': isTimeZone,
  'web-address': isWebAddress,
};

/** Teaches ajv the formats of openapi.yaml. */
export function addContractFormats(ajv: Ajv): void {
  addFormats(ajv, ['date-time', 'uri']);
  for (const [name, judge] of Object.entries(judges)) ajv.addFormat(name, judge);
}
