import type Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { isCurrency } from '../../../domain/currencies';
import { isCountry } from '../../../domain/values/country';
import { canonicalEmail } from '../../../domain/values/email';
import { isLocale } from '../../../domain/values/locale';
import { looksLikeCardNumber } from '../../../domain/payments/card';
import { isFreeText, isLine, isStorable } from '../../../domain/values/text';
import { isTimeZone } from '../../../domain/values/time-zone';
import { isWebAddress } from '../../../domain/values/web-address';

/** The domain's check of each format in openapi.yaml that JSON Schema does not define itself. */
const checks: Record<string, (text: string) => boolean> = {
  country: isCountry,
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

/** Adds the formats of openapi.yaml to ajv. */
export function addContractFormats(ajv: Ajv): void {
  addFormats(ajv, ['date', 'date-time', 'uri']);
  for (const [name, check] of Object.entries(checks)) ajv.addFormat(name, check);
}
