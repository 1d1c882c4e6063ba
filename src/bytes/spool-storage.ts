/** Where a spool keeps what is too much for memory. Everything here may fail at any time, by a throw. */
export interface SpoolStorage {
  /** A new empty file of nobody else's. */
  open(): Promise<SpoolFile>;
}

export interface SpoolFile {
  /** Answers how many bytes were written: fewer when there is no more room. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): number;
  /** Fills `into`; answers how many bytes there were. */
  read(at: number, into: Uint8Array<ArrayBuffer>): number;
  truncate(size: number): void;
  close(): void;
  /** Deletes the file, after `close`. */
  remove(): Promise<void>;
}
