/** The final refusal of a mail by its mail server. The server's text is left out, because it repeats the address. */
export interface MailRefusal {
  /** The SMTP reply code (RFC 5321 §4.2.1); null for a mail that could not even be offered to the server. */
  code: number | null;
  /** The enhanced status code with its class, such as `5.1.1` (RFC 3463); null where the server sent none. */
  status: string | null;
}

/** Returns the codes of a refusal for people, such as "550 5.1.1". */
export const refusalCodes = ({ code, status }: MailRefusal): string =>
  [code ?? 'not valid', status].filter((part) => part !== null).join(' ');
