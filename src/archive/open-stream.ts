import { blobSource } from '../bytes/blob-source';
import { withCounting } from '../bytes/counting';
import { resumingHttpSource } from '../bytes/resuming-source';
import { sliceSource } from '../bytes/slice-source';
import type { ByteSource } from '../bytes/source';
import type { CodecName } from '../codecs/codec';
import { LIMITS } from '../limits';
import { parseDerivation } from '../nix/derivation';
import type { NarListing } from '../nix/nar/listing';
import { parseListing } from '../nix/nar/listing-json';
import { parseNarInfo } from '../nix/narinfo';
import {
  type Activity,
  type Archive,
  decodedParts,
  knownOf,
  meter,
  type OpenContext,
  settle,
  startActivity,
  withProgress,
} from './archive';
import { checkExported } from './check-claims';
import { type Content, ContentTap, type ExportedNar } from './content';
import { DecodedSource, type Tap } from './decoded-source';
import { decodingOf } from './decoding';
import { FailureError, toFailure } from './failure';
import { describeListingQuirk } from './quirk-texts';
import type { ArchiveInput, ArchiveOrigin, Opened } from './service';
import { boundedTap, checkingTap } from './taps';

/** An export stream that stands open, until another input is opened. */
export interface OpenExport {
  readonly fileName: string;
  readonly nars: readonly ExportedNar[];
  /** The decoded stream. */
  readonly source: ByteSource;
  readonly activity: Activity;
  readonly keptIn: Archive['keptIn'];
  readonly isKept: Archive['isKept'];
  readonly close: () => Promise<void>;
}

export type StreamOpened =
  | { readonly kind: 'archive'; readonly archive: Archive }
  | { readonly kind: 'export'; readonly exported: OpenExport }
  | { readonly kind: 'described'; readonly opened: Opened };

/** A file that was picked or dropped: whatever its first decoded bytes say it is. */
export function openFile({ file, mostDecoded }: FileInput, context: OpenContext): Promise<StreamOpened> {
  const activity = startActivity('none');
  activity.compressedSize = file.size;
  const source = withCounting(blobSource(file, file.name), activity.counter);
  return openStream(
    {
      source,
      activity,
      name: file.name,
      origin: { kind: 'file', fileName: file.name, fileSize: file.size },
      mostDecoded,
    },
    context,
  );
}

type FileInput = ArchiveInput & { readonly kind: 'file' };
type NarUrlInput = ArchiveInput & { readonly kind: 'nar-url' };

/** A NAR by its URL, without a narinfo. */
export function openNarUrl(input: NarUrlInput, context: OpenContext): Promise<StreamOpened> {
  const activity = startActivity('none', input);
  const { url: narUrl } = input;
  const source = resumingHttpSource(narUrl, {
    ...activity.network,
    onLength: (bytes) => {
      activity.compressedSize = bytes;
    },
  });
  return openStream(
    { source, activity, name: narUrl, origin: { kind: 'nar-url', narUrl }, mostDecoded: input.mostDecoded },
    context,
  );
}

/** One store path of an export stream: its bytes are a part of what was read already. */
export async function openExported(
  { fileName, nars, source, activity: shared, keptIn, isKept }: OpenExport,
  index: number,
): Promise<Archive> {
  const exported = nars[index];
  if (!exported) throw new RangeError(`the export stream has no path ${index}`);
  const { storePath, references, deriver, narStart, narSize } = exported.path;
  // What was found of this path is not that of the others.
  const activity = { ...shared, narHash: exported.narHash };
  settle(activity, { 'content-address': await checkExported(exported.path, exported.narHash) });
  return {
    origin: { kind: 'exported', fileName, storePath, references, deriver },
    listing: exported.listing,
    listingFrom: 'nar',
    narSize,
    nar: sliceSource(source, { start: narStart, end: narStart + narSize }),
    activity,
    keptIn,
    isKept: (until) => isKept(narStart + until),
    // All of it was read to know what paths there are.
    readsFrom: (start) => start,
    hold: () => () => {},
    readAll: async () => undefined,
    close: async () => undefined,
  };
}

interface Stream {
  readonly source: ByteSource;
  readonly activity: Activity;
  readonly name: string;
  readonly origin: ArchiveOrigin;
  readonly mostDecoded: number | undefined;
}

async function openStream(stream: Stream, context: OpenContext): Promise<StreamOpened> {
  const { source, activity, name, origin } = stream;
  const onGrowth = (listing: NarListing) => context.onUpdate({ type: 'listing', listing });
  const content = new ContentTap(name, await context.startHashing(), onGrowth);
  let later: (() => Tap) | undefined;
  const note = (codec: CodecName) => {
    activity.compression = codec;
    context.onUpdate({ type: 'head', head: { origin, ...knownOf(activity) } });
  };
  const decoded = new DecodedSource({
    url: name,
    decode: decodingOf({
      source,
      declared: undefined,
      name,
      note,
      partDecoding: context.partDecoding,
      wantedUntil: () => decoded.wantedUntil,
    }),
    tap: () => boundedTap(later?.() ?? content, () => mostDecodedOf(stream)),
    spool: context.createSpool(),
    keeps: () => !isReadableAsIs(stream),
  });
  activity.decodedBytes = () => decoded.decodedBytes;
  const { progress } = meter(activity);
  try {
    const narSize = await withProgress(
      () => context.onUpdate({ type: 'progress', progress: progress(undefined) }),
      () => decoded.readAll(context.signal),
    );
    const opened = await openedAs(content.content, { ...stream, decoded, narSize });
    later = () => (opened.kind === 'archive' ? checkingTap(opened.archive.listing) : PASSING);
    if (opened.kind === 'described') await decoded.close();
    return opened;
  } catch (error) {
    await decoded.close();
    throw error;
  }
}

/** A local file that is not compressed needs no second copy of itself. */
function isReadableAsIs({ origin, activity }: Stream): boolean {
  return origin.kind === 'file' && activity.compression === 'none';
}

/** A file that is not compressed, which its first bytes tell, is as large as everybody can see. */
function mostDecodedOf(stream: Stream): number {
  if (isReadableAsIs(stream)) return Number.POSITIVE_INFINITY;
  return stream.mostDecoded ?? LIMITS.unvouchedNar.most;
}

/** What follows an export's structure was checked in the first pass. */
const PASSING: Tap = { bytes: () => undefined, end: () => undefined };

interface Read extends Stream {
  readonly decoded: DecodedSource;
  /** Bytes of the decoded stream. */
  readonly narSize: number;
}

async function openedAs(content: Content | undefined, read: Read): Promise<StreamOpened> {
  const { decoded, activity, name, origin, narSize } = read;
  const asIs = isReadableAsIs(read);
  const bytes = {
    ...decodedParts(decoded),
    activity,
    keptIn: () => (asIs ? 'nowhere' : decoded.keptIn),
    readsFrom: (start: number) => (asIs ? start : 0),
    // A file on disk is read again as it was, or not at all.
    isKept: (until: number) => asIs || decoded.isKept(until),
  } as const;
  const source = asIs ? read.source : decoded;
  switch (content?.kind) {
    case 'nar': {
      const listing = content.builder.snapshot();
      activity.narHash = await content.narHash();
      return {
        kind: 'archive',
        archive: { ...bytes, nar: source, origin, listing, listingFrom: 'nar', narSize },
      };
    }
    case 'export':
      return { kind: 'export', exported: { ...bytes, fileName: name, nars: content.paths, source } };
    case 'text':
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
      checkDerivation(bytes);
      return { kind: 'derivation', fileName, text: text() };
    case 'listing': {
      const { listing, quirks } = parseListing(bytes);
      return { kind: 'listing', fileName, listing, quirks: quirks.map(describeListingQuirk) };
    }
  }
}

/** It is shown as it is; one that Nix could not read is a failure, with its text to look at. */
function checkDerivation(bytes: Uint8Array): void {
  try {
    parseDerivation(bytes);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.kind !== 'metadata-format') throw error;
    throw new FailureError({ ...failure, text: new TextDecoder().decode(bytes) });
  }
}
