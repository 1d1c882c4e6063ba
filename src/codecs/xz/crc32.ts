const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/**
 * CRC32 of IEEE 802.3, going on from that of the bytes before: 0 for none. For headers and the index; what a check covers is
 * many times as much, and summed in WebAssembly.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = before;
  for (const byte of bytes) crc = crc32OfByte(byte, crc);
  return crc;
}

export function crc32OfByte(byte: number, before: number): number {
  const crc = ~before;
  return ~((crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0)) >>> 0;
}
