import { blobSource } from '../bytes/blob-source';
import { withCounting } from '../bytes/counting';
import { httpSource } from '../bytes/http-source';
import { sliceSource } from '../bytes/slice-source';
import type { ByteSource } from '../bytes/source';
import { createSpool } from '../bytes/spool';
import type { CodecName } from '../codecs/codec';
import { parseDerivation } from '../nix/derivation';
import { parseListing } from '../nix/nar/listing-json';
import { parseNarInfo } from '../nix/narinfo';
import {
  type Activity,
  type Archive,
  decodedParts,
  knownOf,
  meter,
  type OpenContext,
  startActivity,
  withProgress,
} from './archive';
import { type Content, ContentTap, type ExportedNar } from './content';
import { DecodedSource, type Tap } from './decoded-source';
import { decodingOf } from './decoding';
import { FailureError, toFailure } from './failure';
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
  readonly keptIn: Archive['keptIn'];
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
  const source = httpSource(narUrl, {
    counter: activity.counter,
    onLength: (bytes) => {
      activity.compressedSize = bytes;
    },
  });
  return openStream({ source, activity, name: narUrl, origin: { kind: 'nar-url', narUrl } }, context);
}

/** One store path of an export stream: its bytes are a part of what was read already. */
export function openExported(
  { fileName, nars, source, activity, keptIn }: OpenExport,
  index: number,
): Archive {
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
    keptIn,
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
}

async function openStream(stream: Stream, context: OpenContext): Promise<StreamOpened> {
  const { source, activity, name, origin } = stream;
  const content = new ContentTap(name, (listing) => context.onUpdate({ type: 'listing', listing }));
  let later: (() => Tap) | undefined;
  const note = (codec: CodecName) => {
    activity.compression = codec;
    context.onUpdate({ type: 'head', head: { origin, ...knownOf(activity) } });
  };
  const decoded = new DecodedSource({
    url: name,
    decode: decodingOf({ source, declared: undefined, name, note }),
    tap: () => later?.() ?? content,
    spool: createSpool(),
    keeps: () => !isReadableAsIs(stream),
  });
  activity.decodedBytes = () => decoded.decodedBytes;
  const { progress } = meter(activity);
  try {
    const narSize = await withProgress(
      () => context.onUpdate({ type: 'progress', progress: progress(undefined) }),
      () => decoded.readAll(context.signal),
    );
    const opened = openedAs(content.content, { ...stream, decoded, narSize });
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

/** What follows an export's structure was checked in the first pass. */
const PASSING: Tap = { bytes: () => undefined, end: () => undefined };

interface Read extends Stream {
  readonly decoded: DecodedSource;
  /** Bytes of the decoded stream. */
  readonly narSize: number;
}

function openedAs(content: Content | undefined, read: Read): StreamOpened {
  const { decoded, activity, name, origin, narSize } = read;
  const asIs = isReadableAsIs(read);
  const bytes = {
    ...decodedParts(decoded),
    activity,
    keptIn: () => (asIs ? 'nowhere' : decoded.keptIn),
  } as const;
  const source = asIs ? read.source : decoded;
  switch (content?.kind) {
    case 'nar': {
      const listing = content.builder.snapshot();
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
