/** Where everything lies in the kernel's memory: at fixed addresses, so that they are part of the instructions. */

/** Where `finishCrc` puts its result, in eight bytes. */
export const CRC_VALUE: usize = 0x0010;

/** For each CRC eight tables of 256 eight-byte entries; see crc.ts. */
export const CRC_TABLES_SIZE: usize = 8 * 256 * 8;
export const CRC32_TABLES: usize = 0x0100;
export const CRC64_TABLES: usize = CRC32_TABLES + CRC_TABLES_SIZE;

/** See probabilities.ts. */
export const PROBABILITIES: usize = CRC64_TABLES + CRC_TABLES_SIZE;
export const PROBABILITIES_SIZE: usize = 0x8000;

/** The compressed bytes of one LZMA2 chunk: at most 64 KiB, so that they are all there before the first is decoded. */
export const INPUT: usize = PROBABILITIES + PROBABILITIES_SIZE;
export const INPUT_SIZE: usize = 0x10000;
/** One symbol takes fewer bytes than this, so within a symbol nobody looks where the input ends. */
const INPUT_SLACK: usize = 64;

/** For bytes that are summed but are not in the window. */
export const SCRATCH: usize = INPUT + INPUT_SIZE + INPUT_SLACK;
export const SCRATCH_SIZE: usize = 0x1000;

/** A multiple of 16, for positions are told apart by up to four of their low bits. The byte before it is that before the first. */
export const WINDOW: usize = (SCRATCH + SCRATCH_SIZE + 16 + 15) & ~15;
/** Matches are copied in words, which may write some bytes too many. */
export const WINDOW_SLACK: usize = 16;
