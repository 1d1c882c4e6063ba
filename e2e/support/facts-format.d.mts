/** What tests put down for docs/reliability.md. Nothing in it may differ from run to run: no times, no measured sizes. */
export type Fact =
  /** Something went wrong on purpose, and this came of it. */
  | {
      readonly kind: 'fault';
      readonly area: 'network' | 'storage' | 'threads' | 'hostile input' | 'verdicts';
      /** As a noun: `the connection is cut at byte 600, once`. */
      readonly fault: string;
      /** As a sentence without a full stop: `the transfer goes on where it stopped; the saved file is right`. */
      readonly outcome: string;
      /** `chromium`, `firefox`, `webkit`, or `node` for what needs no browser. */
      readonly where: string;
      /** Shows it again: `npm run test:page -- faults`. */
      readonly command: string;
    }
  | {
      readonly kind: 'fuzz';
      readonly parser: string;
      readonly inputs: number;
      readonly seed: number;
      readonly command: string;
    }
  /** Something was done so often, and what it took was given back. */
  | {
      readonly kind: 'soak';
      readonly what: string;
      readonly times: number;
      /** What returned to where it was, each as a sentence with its bound. */
      readonly returned: readonly string[];
      readonly where: string;
      readonly command: string;
    };
