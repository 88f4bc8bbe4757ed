// The characters of RFC 3986, section 3.3 to 3.5: nothing is sent unencoded that a URI may not contain.
const PCHAR = String.raw`(?:[\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})`;
const HOST = String.raw`(?:[A-Za-z\d.-]+|\[[\dA-Fa-f:.]+\])`;
const WEB_ADDRESS = new RegExp(
  String.raw`^https?://${HOST}(?::\d{0,5})?(?:/${PCHAR}*)*(?:\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?$`,
  'i',
);

/**
 * Returns true for an absolute `http` or `https` URI (RFC 3986; the schemes by RFC 9110 §4.2): with a host, without
 * user information, and with everything beyond ASCII encoded.
 */
export const isWebAddress = (text: string): boolean => WEB_ADDRESS.test(text) && URL.canParse(text);
