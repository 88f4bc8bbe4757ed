/** The part of tr46 5 (Unicode IDNA compatibility processing, UTS 46) that is used here; the package ships no types. */
declare module 'tr46' {
  interface ToASCIIOptions {
    checkHyphens: boolean;
    checkBidi: boolean;
    checkJoiners: boolean;
    useSTD3ASCIIRules: boolean;
    verifyDNSLength: boolean;
    transitionalProcessing: boolean;
  }
  /** Returns the domain in ASCII, lower case; null where IDNA refuses it. */
  export function toASCII(domain: string, options: ToASCIIOptions): string | null;
}
