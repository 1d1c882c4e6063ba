import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { CodecName } from './codec';
import { ascii, concat } from './testing/language';

const PACKAGES = ['zstddec/stream', 'pako', 'brotli-dec-wasm/web'];

beforeEach(() => {
  vi.resetModules();
  for (const name of PACKAGES) vi.doUnmock(name);
});

describe('sniffCodec', () => {
  const NAR = concat(Uint8Array.of(13, 0, 0, 0, 0, 0, 0, 0), ascii('nix-archive-1'), new Uint8Array(3));
  const rows: [string, Uint8Array, CodecName | undefined][] = [
    ['a NAR', NAR, 'none'],
    ['an export stream', concat(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), NAR), 'none'],
    ['an export stream of nothing', new Uint8Array(8), undefined],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4), 'xz'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4), 'zstd'],
    ['zstd, skippable frame', Uint8Array.of(0x5f, 0x2a, 0x4d, 0x18, 9), 'zstd'],
    ['bzip2', ascii('BZh91AY&SY'), 'bzip2'],
    ['text that begins like bzip2', ascii('BZhello'), undefined],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8), 'gzip'],
    ['brotli', Uint8Array.of(0x1b, 0x2b, 0), undefined],
    ['half a magic', Uint8Array.of(0xfd, 0x37, 0x7a), undefined],
    ['half a zstd magic', Uint8Array.of(0x28, 0xb5), undefined],
    ['text', ascii('{"version":1}'), undefined],
    ['nothing', new Uint8Array(0), undefined],
  ];
  test.each(rows)('%s', async (_, head, expected) => {
    const { sniffCodec } = await import('./registry');
    expect(sniffCodec(head)).toBe(expected);
  });
});

describe('codecForCompression', () => {
  test.each(['none', 'xz', 'zstd', 'bzip2', 'gzip', 'br'])('%s can be read', async (value) => {
    const { codecForCompression, codecs } = await import('./registry');
    const codec = codecForCompression(value);
    expect(codec.name).toBe(value);
    expect(Object.values(codecs)).toContain(codec);
  });

  test.each([
    ['compress', 'gzip -dc'],
    ['grzip', 'grzip -d'],
    ['lrzip', 'lrzip -d -q'],
    ['lz4', 'lz4 -dc'],
    ['lzip', 'lzip -dc'],
    ['lzma', 'xz --format=lzma -dc'],
    ['lzop', 'lzop -dc'],
    ['toString', undefined],
    ['', undefined],
  ])('%s cannot', async (value, detail) => {
    const { codecForCompression } = await import('./registry');
    const expected = { kind: 'codec', reason: 'unsupported', codec: value, compressedOffset: 0, detail };
    expect(() => codecForCompression(value)).toThrow(expect.objectContaining(expected));
  });
});

describe('loading', () => {
  test('no decoder before load, and then only the one, once', async () => {
    const loaded: string[] = [];
    for (const name of PACKAGES) {
      vi.doMock(name, async (original) => {
        loaded.push(name);
        return original();
      });
    }
    const { codecs } = await import('./registry');
    expect(loaded).toEqual([]);
    const [first, second] = await Promise.all([codecs.gzip.load(), codecs.gzip.load()]);
    expect(first).toBe(second);
    expect(loaded).toEqual(['pako']);
  });

  test('a decoder that cannot be loaded says so, and is asked for again', async () => {
    let attempts = 0;
    vi.doMock('pako', () => {
      attempts++;
      throw new Error('404');
    });
    const { codecs } = await import('./registry');
    for (let attempt = 1; attempt <= 2; attempt++) {
      await expect(codecs.gzip.load()).rejects.toMatchObject({ reason: 'not-loaded', codec: 'gzip' });
    }
    expect(attempts).toBeGreaterThan(0);
  });
});
