import { CRC_VALUE, CRC32_TABLES, CRC64_TABLES } from './memory';

/**
 * CRC32 (IEEE 802.3) and CRC64 (ECMA-182), both reflected: the lowest bit is that of the highest power. One code for both, as a
 * CRC32 in 64 bits is one with zeros above.
 *
 * Eight bytes are summed at a time, by eight tables ("slicing-by-8"). As each such step waits for the one before, two lanes of bytes
 * are summed side by side, and joined: a CRC of a and then b is that of a, moved on by the length of b, and that of b.
 */

const POLYNOMIAL32: u64 = 0xedb8_8320;
const POLYNOMIAL64: u64 = ((0xc96c_5795 as u64) << 32) | 0xd787_0f42;
/** The bit of x⁰. */
const ONE32: u64 = 1 << 31;
const ONE64: u64 = 1 << 63;

const TABLE_SIZE: usize = 256 * 8;
const LANE: usize = 2048;

/** Of the bytes so far, inverted. */
export let crc: u64 = 0;

/** What moves a CRC on by a lane: x to the power of its bits. */
let laneShift32: u64 = 0;
let laneShift64: u64 = 0;

/** Table k has, for each byte, the CRC of the byte and k zeros behind it. */
function makeTables(tables: usize, polynomial: u64): void {
  for (let byte: usize = 0; byte < 256; byte++) {
    let value: u64 = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >> 1) ^ (polynomial & (0 - (value & 1)));
    store<u64>(tables + (byte << 3), value);
  }
  for (let at = tables; at < tables + 7 * TABLE_SIZE; at += 8) {
    const value = load<u64>(at);
    store<u64>(at + TABLE_SIZE, (value >> 8) ^ load<u64>(tables + (((value & 0xff) as usize) << 3)));
  }
}

/** The product of two polynomials modulo the CRC's. */
function multiply(a: u64, b: u64, polynomial: u64, one: u64): u64 {
  let product: u64 = 0;
  let multiple = b;
  for (let bit = one; bit !== 0; bit >>= 1) {
    if ((a & bit) !== 0) product ^= multiple;
    multiple = (multiple >> 1) ^ (polynomial & (0 - (multiple & 1)));
  }
  return product;
}

function shiftOfLane(polynomial: u64, one: u64): u64 {
  let power = one >> 1;
  for (let bits: usize = 1; bits < 8 * LANE; bits <<= 1) power = multiply(power, power, polynomial, one);
  return power;
}

export function prepareCrc(): void {
  makeTables(CRC32_TABLES, POLYNOMIAL32);
  makeTables(CRC64_TABLES, POLYNOMIAL64);
  laneShift32 = shiftOfLane(POLYNOMIAL32, ONE32);
  laneShift64 = shiftOfLane(POLYNOMIAL64, ONE64);
}

function entry(table: usize, byte: u64): u64 {
  return load<u64>(table + (((byte & 0xff) as usize) << 3));
}

/** The CRC of eight bytes, with the one of those before in them. */
function eightBytes(tables: usize, word: u64): u64 {
  return (
    entry(tables + 7 * TABLE_SIZE, word) ^
    entry(tables + 6 * TABLE_SIZE, word >> 8) ^
    entry(tables + 5 * TABLE_SIZE, word >> 16) ^
    entry(tables + 4 * TABLE_SIZE, word >> 24) ^
    entry(tables + 3 * TABLE_SIZE, word >> 32) ^
    entry(tables + 2 * TABLE_SIZE, word >> 40) ^
    entry(tables + TABLE_SIZE, word >> 48) ^
    entry(tables, word >> 56)
  );
}

function sum(tables: usize, before: u64, from: usize, end: usize): u64 {
  let value = before;
  let at = from;
  for (; at + 8 <= end; at += 8) value = eightBytes(tables, value ^ load<u64>(at));
  for (; at < end; at++) value = (value >> 8) ^ entry(tables, value ^ load<u8>(at));
  return value;
}

export function startCrc(): void {
  crc = ~0;
}

export function updateCrc32(from: usize, size: usize): void {
  crc &= 0xffff_ffff;
  crc = sumInLanes(CRC32_TABLES, POLYNOMIAL32, ONE32, laneShift32, from, size);
}

export function updateCrc64(from: usize, size: usize): void {
  crc = sumInLanes(CRC64_TABLES, POLYNOMIAL64, ONE64, laneShift64, from, size);
}

function sumInLanes(tables: usize, polynomial: u64, one: u64, laneShift: u64, from: usize, size: usize): u64 {
  const end = from + size;
  let at = from;
  let first = crc;
  while (end - at >= 2 * LANE) {
    let second: u64 = 0;
    const laneEnd = at + LANE;
    do {
      first = eightBytes(tables, first ^ load<u64>(at));
      second = eightBytes(tables, second ^ load<u64>(at + LANE));
      at += 8;
    } while (at < laneEnd);
    first = multiply(laneShift, first, polynomial, one) ^ second;
    at += LANE;
  }
  return sum(tables, first, at, end);
}

export function finishCrc(): void {
  store<u64>(CRC_VALUE, ~crc);
}
