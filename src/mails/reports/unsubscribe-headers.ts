/**
 * Returns the headers by which a mail program unsubscribes with one click (RFC 8058): it sends a POST, so a scanner
 * that follows the link unsubscribes nobody.
 */
export const unsubscribeHeaders = (url: string): Record<string, string> => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});
