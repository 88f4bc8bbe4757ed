import { toASCII } from 'tr46';
import { remembered } from './remembered';

/** The part of IDNA that DNS can hold (RFC 1035, 1123): `ß` and joiners keep their own forms (IDNA 2008). */
const strict = {
  checkHyphens: true,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
  transitionalProcessing: false,
};

/** The longest name in DNS; only longer texts are not remembered. */
const MAX_LENGTH = 253;

/**
 * Returns the one ASCII form of a domain name (UTS 46), such as `xn--bcher-kva.example` for `Bücher.example`. Null for
 * a domain that IDNA or DNS refuses, for a single label, and for a name that ends in a number as an IPv4 address does.
 */
export const canonicalDomain = (text: string): string | null =>
  text.length > MAX_LENGTH ? canonicalForm(text) : rememberedForm(text);

const rememberedForm = remembered(canonicalForm);

function canonicalForm(text: string): string | null {
  const domain = toASCII(text, strict);
  if (domain === null) return null;
  const last = domain.slice(domain.lastIndexOf('.') + 1);
  return last === domain || /^(?:\d+|0x[\da-f]*)$/.test(last) ? null : domain;
}
