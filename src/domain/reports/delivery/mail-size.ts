/** The largest message as it is sent, with all that its encodings add; many servers refuse more than 10 MB. */
export const MAX_MAIL_BYTES = 5 * 1024 * 1024;

/** Room for the headers of the message and of its parts, apart from those of the files. */
const HEADER_BYTES = 8 * 1024;
const HEADER_BYTES_OF_FILE = 1024;

const LINE = 76;
const LINE_END = 2;

/** Returns the size of some bytes in base64, in lines of 76 characters (RFC 2045 §6.8). */
export function base64Bytes(bytes: number): number {
  const characters = Math.ceil(bytes / 3) * 4;
  return characters + Math.ceil(characters / LINE) * LINE_END;
}

/** Returns the most that a text takes in a message, as quoted-printable (RFC 2045 §6.7) or as base64. */
export function textBytes(text: string): number {
  const bytes = new TextEncoder().encode(text);
  let quoted = 0;
  for (const byte of bytes) quoted += byte === 0x3d || byte < 0x21 || byte > 0x7e ? 3 : 1;
  // A soft break after at least 72 characters: "=", and the end of the line.
  const breaks = Math.ceil(quoted / (LINE - 4)) * (1 + LINE_END);
  return Math.max(quoted + breaks, base64Bytes(bytes.length));
}

export interface AttachableInput {
  /** The text and the HTML of the mail. */
  texts: readonly string[];
  /** In the order in which they are attached. */
  files: readonly { bytes: number }[];
}

/** Returns, for each file, whether it is attached: the whole message stays within the limit. */
export function attachable({ texts, files }: AttachableInput): boolean[] {
  let size = HEADER_BYTES + texts.reduce((sum, text) => sum + textBytes(text), 0);
  return files.map(({ bytes }) => {
    const withFile = size + HEADER_BYTES_OF_FILE + base64Bytes(bytes);
    if (withFile > MAX_MAIL_BYTES) return false;
    size = withFile;
    return true;
  });
}
