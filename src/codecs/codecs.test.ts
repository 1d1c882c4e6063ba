import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CodecError } from './errors';
import { codecs } from './registry';
import { damagedFiles } from './testing/damaged-files';
import { goodFiles } from './testing/good-files';
import { feed, isSame, read, shell } from './testing/language';

/** One table of files, good and damaged, for every decoder behind the one interface. */

const sh = shell(spawnSync);

describe.each(goodFiles(sh))('$codec, $name', ({ codec, compressed, plain }) => {
  test.each([1, 7, 16 * 1024, Number.POSITIVE_INFINITY])('in chunks of %d', async (chunkSize) => {
    const decode = await codecs[codec].load();
    const { bytes, error } = await read(decode(feed(compressed, chunkSize).stream));
    expect(error).toBeUndefined();
    expect(isSame(bytes, plain)).toBe(true);
  });
});

describe.each(damagedFiles(sh))('$codec, $name', ({ codec, compressed, reason, detail }) => {
  test.each([7, 16 * 1024, Number.POSITIVE_INFINITY])('in chunks of %d', async (chunkSize) => {
    const decode = await codecs[codec].load();
    const { error } = await read(decode(feed(compressed, chunkSize).stream));
    expect(error).toBeInstanceOf(CodecError);
    if (!(error instanceof CodecError)) return;
    expect(error).toMatchObject({ kind: 'codec', reason, codec });
    if (detail) expect(error.detail).toMatch(detail);
    expect(error.compressedOffset).toBeLessThanOrEqual(compressed.length);
    if (reason === 'truncated') expect(error.compressedOffset).toBe(compressed.length);
  });
});
