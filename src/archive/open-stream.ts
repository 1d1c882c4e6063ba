import { blobSource } from '../bytes/blob-source';
import { withCounting } from '../bytes/counting';
import { httpSource } from '../bytes/http-source';
import { sliceSource } from '../bytes/slice-source';
import type { ByteSource } from '../bytes/source';
import { createSpool } from '../bytes/spool';
import { parseListing } from '../nix/nar/listing-json';
import { parseNarInfo } from '../nix/narinfo';
import { type Activity, type Archive, meter, type OpenContext, startActivity, withProgress } from './archive';
import { type Content, ContentTap, type ExportedNar } from './content';
import { DecodedSource, type Tap } from './decoded-source';
import { decodingOf } from './decoding';
import { describeListingQuirk } from './quirk-texts';
import type { ArchiveOrigin, Opened } from './service';
import { checkingTap } from './taps';

/** An export stream that stands open, until another input is opened. */
export interface OpenExport {
  readonly fileName: string;
  readonly nars: readonly ExportedNar[];
  /** The decoded stream. */
  readonly source: ByteSource;
  readonly activity: Activity;
  readonly close: () => Promise<void>;
}

export type StreamOpened =
  | { readonly kind: 'archive'; readonly archive: Archive }
  | { readonly kind: 'export'; readonly exported: OpenExport }
  | { readonly kind: 'described'; readonly opened: Opened };

/** A file that was picked or dropped: whatever its first decoded bytes say it is. */
export function openFile(file: File, context: OpenContext): Promise<StreamOpened> {
  const activity = startActivity('none');
  activity.compressedSize = file.size;
  const source = withCounting(blobSource(file, file.name), activity.counter);
  return openStream(
    { source, activity, name: file.name, origin: { kind: 'file', fileName: file.name, fileSize: file.size } },
    context,
  );
}

/** A NAR by its URL, without a narinfo. */
export function openNarUrl(narUrl: string, context: OpenContext): Promise<StreamOpened> {
  const activity = startActivity('none');
  const source = httpSource(narUrl, { counter: activity.counter });
  return openStream({ source, activity, name: narUrl, origin: { kind: 'nar-url', narUrl } }, context);
}

/** One store path of an export stream: its bytes are a part of what was read already. */
export function openExported({ fileName, nars, source, activity }: OpenExport, index: number): Archive {
  const exported = nars[index];
  if (!exported) throw new RangeError(`the export stream has no path ${index}`);
  const { storePath, references, deriver, narStart, narSize } = exported.path;
  return {
    origin: { kind: 'exported', fileName, storePath, references, deriver },
    listing: exported.listing,
    listingFrom: 'nar',
    narSize,
    nar: sliceSource(source, { start: narStart, end: narStart + narSize }),
    activity,
    keptIn: () => 'nowhere',
    close: async () => undefined,
  };
}

interface Stream {
  readonly source: ByteSource;
  readonly activity: Activity;
  readonly name: string;
  readonly origin: ArchiveOrigin;
}

async function openStream(
  { source, activity, name, origin }: Stream,
  context: OpenContext,
): Promise<StreamOpened> {
  const content = new ContentTap(name, (listing) => context.onUpdate({ type: 'listing', listing }));
  let tap: Tap = content;
  const decode = decodingOf(source, undefined, ({ codec }) => {
    activity.compression = codec;
    activity.compressedSize = source.size ?? activity.compressedSize;
    context.onUpdate({ type: 'head', head: { origin, compression: codec, quirks: [] } });
  });
  const decoded = new DecodedSource({
    url: name,
    decode,
    tap: () => tap,
    spool: createSpool(),
    keeps: () => !isReadableAsIs(origin, activity),
  });
  activity.decodedBytes = () => decoded.decodedBytes;
  const { progress } = meter(activity);
  try {
    const size = await withProgress(
      () => context.onUpdate({ type: 'progress', progress: progress(undefined) }),
      () => decoded.readAll(context.signal),
    );
    if (content.content?.kind === 'nar') {
      const listing = content.content.builder.snapshot();
      tap = checkingTap(listing);
    } else tap = PASSING;
    const bytes = isReadableAsIs(origin, activity) ? source : decoded;
    return await opened({ content: content.content, decoded, bytes, size, name, origin, activity });
  } catch (error) {
    await decoded.close();
    throw error;
  }
}

/** A local file that is not compressed needs no second copy of itself. */
function isReadableAsIs(origin: ArchiveOrigin, activity: Activity): boolean {
  return origin.kind === 'file' && activity.compression === 'none';
}

/** What follows an export's structure was checked in the first pass. */
const PASSING: Tap = { bytes: () => undefined, end: () => undefined };

interface Read {
  readonly content: Content | undefined;
  readonly decoded: DecodedSource;
  /** The decoded bytes, to be read as often as one likes. */
  readonly bytes: ByteSource;
  readonly size: number;
  readonly name: string;
  readonly origin: ArchiveOrigin;
  readonly activity: Activity;
}

async function opened({
  content,
  decoded,
  bytes,
  size,
  name,
  origin,
  activity,
}: Read): Promise<StreamOpened> {
  const close = () => decoded.close();
  switch (content?.kind) {
    case 'nar': {
      const parts = {
        origin,
        listing: content.builder.snapshot(),
        listingFrom: 'nar',
        narSize: size,
      } as const;
      const keptIn = () => (bytes === decoded ? decoded.keptIn : 'nowhere');
      return { kind: 'archive', archive: { ...parts, nar: bytes, activity, keptIn, close } };
    }
    case 'export':
      return {
        kind: 'export',
        exported: { fileName: name, nars: content.paths, source: bytes, activity, close },
      };
    case 'text':
      await close();
      return { kind: 'described', opened: describedBy(content.format, content.text(), name) };
    default:
      throw new Error('the stream ended without having been recognised');
  }
}

function describedBy(
  format: 'narinfo' | 'listing' | 'derivation',
  bytes: Uint8Array,
  fileName: string,
): Opened {
  const text = () => new TextDecoder().decode(bytes);
  switch (format) {
    case 'narinfo':
      return { kind: 'narinfo', fileName, narInfo: parseNarInfo(text()), narInfoText: text() };
    case 'derivation':
      return { kind: 'derivation', fileName, text: text() };
    case 'listing': {
      const { listing, quirks } = parseListing(bytes);
      return { kind: 'listing', fileName, listing, quirks: quirks.map(describeListingQuirk) };
    }
  }
}
