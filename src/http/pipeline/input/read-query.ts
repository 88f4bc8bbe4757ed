/** One parameter of a query. */
export interface QueryPart {
  name: string;
  /** Null for a value that is not percent-encoded UTF-8, which stands for no text. */
  text: string | null;
  /** True when the value has a `+`, which stands for a space. */
  hasPlus: boolean;
}

/**
 * Returns the parameters of a URL's query in their order, decoded like a form (`+` is a space), but strictly: nothing
 * is replaced by U+FFFD.
 */
export function readQuery(url: string): QueryPart[] {
  const start = url.indexOf('?');
  if (start === -1) return [];
  return url
    .slice(start + 1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...rest] = part.split('=');
      const value = rest.join('=');
      const decodedName = decoded(name);
      return {
        name: decodedName ?? name,
        text: decodedName === null ? null : decoded(value),
        hasPlus: value.includes('+'),
      };
    });
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
