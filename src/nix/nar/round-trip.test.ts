import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LimitError, MetadataFormatError, NarFormatError } from '../errors';
import { narSizeOf } from './layout';
import { compareBytes, locate, narPathOf } from './listing';
import { ListingBuilder } from './listing-builder';
import { formatListing, parseListing } from './listing-json';
import { ListingChecker, ListingVisitor } from './listing-visitor';
import { NarParser, type NarVisitor, parseWholeNar } from './parser';
import { dir, exe, file, join, link, listingOf, Notes, nar, pushPoisoned } from './testing';
import { NarWriter } from './writer';

type Tree =
  | { readonly kind: 'regular'; readonly executable: boolean; readonly contents: Uint8Array }
  | { readonly kind: 'symlink'; readonly target: Uint8Array }
  | { readonly kind: 'directory'; readonly entries: readonly (readonly [name: Uint8Array, tree: Tree])[] };

/**
 * Arbitrary bytes, and texts that break careless code: integer-like keys, dots, quotes, characters beyond
 * U+FFFF.
 */
const byteString = (limits: { readonly maxLength: number }) =>
  fc
    .oneof(
      fc.uint8Array({ minLength: 1, ...limits }),
      fc
        .string({ minLength: 1, unit: 'grapheme', maxLength: 8 })
        .map((text) => new TextEncoder().encode(text)),
      fc
        .constantFrom('0', '10', '9', '...', '.a', '__proto__', 'é', '\ufeff', 'a"b', '\\')
        .map((text) => new TextEncoder().encode(text)),
    )
    .filter((bytes) => bytes.length <= limits.maxLength && !bytes.includes(0));

const name = byteString({ maxLength: 255 }).filter(
  (bytes) => !bytes.includes(0x2f) && !['.', '..'].includes(new TextDecoder().decode(bytes)),
);

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.record({
      kind: fc.constant('regular' as const),
      executable: fc.boolean(),
      contents: fc.uint8Array({ maxLength: 40 }),
    }),
    fc.record({ kind: fc.constant('symlink' as const), target: byteString({ maxLength: 4095 }) }),
    fc.record({
      kind: fc.constant('directory' as const),
      entries: fc
        .uniqueArray(fc.tuple(name, tie('tree')), { maxLength: 6, selector: ([bytes]) => bytes.join() })
        .map((entries) => entries.toSorted(([a], [b]) => compareBytes(a, b))),
    }),
  ),
}));

/** The tree's node in the byte language. */
function nodeOf(root: Tree): Uint8Array {
  switch (root.kind) {
    case 'regular':
      return root.executable ? exe(root.contents) : file(root.contents);
    case 'symlink':
      return link(root.target);
    case 'directory':
      return dir(root.entries.map(([entryName, entry]) => [entryName, nodeOf(entry)] as const));
  }
}

function visit(root: Tree, entryName: Uint8Array, visitor: NarVisitor): void {
  switch (root.kind) {
    case 'regular': {
      const { contents, executable } = root;
      visitor.beginRegular(entryName, { executable, size: contents.length, narOffset: 0 });
      if (contents.length > 0) visitor.contents(contents);
      visitor.endRegular();
      break;
    }
    case 'symlink':
      visitor.symlink(entryName, root.target);
      break;
    case 'directory':
      visitor.enterDirectory(entryName);
      for (const [childName, child] of root.entries) visit(child, childName, visitor);
      visitor.leaveDirectory();
  }
}

function written(tell: (writer: NarWriter) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  tell(new NarWriter((chunk) => chunks.push(chunk.slice())));
  return join(...chunks);
}

const chunkSizes = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 100 });

test('a tree is written as the byte language says', () => {
  fc.assert(
    fc.property(tree, (root) => {
      const whole = written((writer) => visit(root, new Uint8Array(0), writer));
      expect(whole).toEqual(nar(nodeOf(root)));
    }),
  );
});

test('tree → NAR → parser → writer is the same NAR, in whatever chunks it comes', () => {
  fc.assert(
    fc.property(tree, chunkSizes, (root, sizes) => {
      const whole = nar(nodeOf(root));
      expect(written((writer) => pushPoisoned(new NarParser(writer), whole, sizes))).toEqual(whole);
    }),
  );
});

test('tree → NAR → listing → JSON → listing is the same listing, with every offset and the size', () => {
  fc.assert(
    fc.property(tree, chunkSizes, (root, sizes) => {
      const whole = nar(nodeOf(root));
      const builder = new ListingBuilder();
      pushPoisoned(new NarParser(new ListingVisitor(builder)), whole, sizes);
      const listing = builder.snapshot();
      expect(narSizeOf(listing)).toBe(whole.length);
      const json = formatListing(listing);
      for (const form of [json, new TextEncoder().encode(json), json.replaceAll(/,"narOffset":\d+/g, '')]) {
        expect(parseListing(form)).toEqual({ listing, narSize: whole.length, quirks: [] });
      }
      parseWholeNar(whole, new ListingChecker(listing));
      for (let row = 0; row < listing.length; row++)
        expect(locate(listing, narPathOf(listing, row))).toBe(row);
    }),
  );
});

/** Changes of a byte string: a byte put in another's place, a piece taken out, a piece repeated. */
const change = fc.record({
  at: fc.nat(),
  how: fc.oneof(
    fc.record({ put: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 8, 0x28, 0x29, 0x2f, 0x7f, 0xff)) }),
    fc.record({ drop: fc.integer({ min: 1, max: 64 }) }),
    fc.record({ repeat: fc.integer({ min: 1, max: 64 }) }),
  ),
});

function changed(
  whole: Uint8Array,
  { at, how }: { at: number; how: { put?: number; drop?: number; repeat?: number } },
) {
  const start = at % whole.length;
  if (how.put !== undefined)
    return join(whole.subarray(0, start), Uint8Array.of(how.put), whole.subarray(start + 1));
  if (how.drop !== undefined) return join(whole.subarray(0, start), whole.subarray(start + how.drop));
  return join(whole.subarray(0, start + (how.repeat ?? 0)), whole.subarray(start));
}

/** Reads it, or throws one of the parser's own errors; either way in the same manner in all chunks. */
function readOrRefuse(bytes: Uint8Array, sizes: readonly number[]): string {
  const notes = new Notes();
  try {
    const parser = new NarParser(notes);
    pushPoisoned(parser, bytes, sizes);
    parser.finish();
    return notes.lines.join('\n');
  } catch (error) {
    if (error instanceof NarFormatError) return `${error.reason} at ${error.narOffset}: ${error.message}`;
    throw error;
  }
}

test('a NAR that was tampered with is read or refused, the same in whatever chunks', () => {
  fc.assert(
    fc.property(
      tree,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      chunkSizes,
      (root, changes, sizes) => {
        const bytes = changes.reduce(
          (sum, one) => (sum.length > 0 ? changed(sum, one) : sum),
          nar(nodeOf(root)),
        );
        const outcome = readOrRefuse(bytes, []);
        expect(readOrRefuse(bytes, sizes).replace(/ at \d+: trailing.*| found \d+ bytes or more/, '')).toBe(
          outcome.replace(/ at \d+: trailing.*| found \d+ bytes or more/, ''),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('a NAR that is read is written again byte for byte: there is one NAR of a tree', () => {
  fc.assert(
    fc.property(tree, change, (root, one) => {
      const bytes = changed(nar(nodeOf(root)), one);
      try {
        listingOf(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(NarFormatError);
        return;
      }
      expect(written((writer) => parseWholeNar(bytes, writer))).toEqual(bytes);
    }),
    { numRuns: 500 },
  );
});

test('arbitrary bytes are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => listingOf(bytes)).toThrow(NarFormatError);
      expect(() => listingOf(nar(bytes))).toThrow(NarFormatError);
    }),
  );
});

test('a listing that was tampered with is read or refused', () => {
  fc.assert(
    fc.property(tree, fc.array(change, { minLength: 1, maxLength: 3 }), (root, changes) => {
      const json = new TextEncoder().encode(formatListing(listingOf(nar(nodeOf(root)))));
      const bytes = changes.reduce((sum, one) => (sum.length > 0 ? changed(sum, one) : sum), json);
      try {
        const { listing, narSize } = parseListing(bytes);
        expect(narSizeOf(listing)).toBe(narSize);
      } catch (error) {
        expect([MetadataFormatError, LimitError].some((kind) => error instanceof kind)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('arbitrary JSON is refused', () => {
  fc.assert(
    fc.property(fc.json(), fc.jsonValue(), (json, root) => {
      expect(() => parseListing(json)).toThrow(MetadataFormatError);
      expect(() => parseListing(JSON.stringify({ version: 1, root }))).toThrow(MetadataFormatError);
    }),
  );
});
