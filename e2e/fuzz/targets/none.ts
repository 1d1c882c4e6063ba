import { ContentTap } from '../../../src/archive/content';
import { startHashingHere } from '../../../src/archive/local-hashing';
import { codecs, sniffCodec, sniffUnsupported } from '../../../src/codecs/registry';
import { readFrameHeader } from '../../../src/codecs/zstd-frame';
import { concatBytes } from '../../../src/nix/nar/wire';
import { cacheInfos, compressedNars, derivations, listings, narInfos, nars } from '../corpus';
import { chunksOf, mutate } from '../mutate';
import { mustBeSame, type Target } from '../target';

/** A file that is not compressed, or not as it says: what its first bytes make of it. */
export const noneTarget: Target = {
  name: 'none',
  open: async () => {
    const decode = await codecs.none.load();
    const hasher = await startHashingHere();
    const readable = [
      ...nars().slice(0, 8),
      ...narInfos().slice(0, 4),
      ...listings().slice(0, 4),
      ...derivations().slice(0, 2),
    ];
    const others = [
      ...cacheInfos(),
      ...compressedNars('xz')
        .map(({ compressed }) => compressed)
        .slice(0, 4),
    ];
    const material = {
      others: [...readable, ...others],
      pieces: [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), Uint8Array.of(0x1f, 0x8b)],
    };
    return {
      generate: (random) => {
        if (random.once(64)) return { bytes: random.pick(readable), isIntact: true };
        const mutated = mutate(random.pick(material.others), material, random);
        const head = random.once(3)
          ? Uint8Array.from(random.times(random.below(33), () => random.below(256)))
          : new Uint8Array(0);
        return { bytes: concatBytes([head, mutated]) };
      },
      run: async ({ bytes }, random) => {
        const head = bytes.subarray(0, 32);
        readFrameHeader(head);
        const codec = sniffCodec(head) ?? sniffUnsupported(head);
        hasher.restart();
        const tap = new ContentTap('fuzzed', hasher, () => {});
        const passed: Uint8Array[] = [];
        const chunks = chunksOf(bytes, random);
        for await (const chunk of decode(
          (async function* () {
            yield* chunks;
          })(),
        ))
          passed.push(chunk);
        mustBeSame(concatBytes(passed), new Uint8Array(bytes), 'the bytes that passed');
        for (const chunk of passed) await tap.bytes(chunk);
        await tap.end();
        return tap.content?.kind ?? codec;
      },
    };
  },
};
