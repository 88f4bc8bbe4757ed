export interface PublicAddressInput {
  /** Base URL of the api for a browser, such as `https://api.example.com`. */
  publicUrl: string;
  /** The path below the contract's base path, without a slash before it. */
  path: string;
}

/** Returns the address of an operation that people open, such as a link in a mail. */
export const publicAddress = ({ publicUrl, path }: PublicAddressInput): string =>
  `${publicUrl.replace(/\/+$/, '')}/api/v1/${path}`;
