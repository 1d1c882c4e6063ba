import { SourceError } from '../bytes/errors';
import { httpSource } from '../bytes/http-source';
import type { NetworkOptions } from '../bytes/resuming-source';
import { Retries } from '../bytes/retries';
import type { ByteStream } from '../bytes/source';
import { collect, discard, peek } from '../bytes/stream';
import { LIMITS } from '../limits';
import { type CacheInfo, parseCacheInfo } from '../nix/cache-info';
import { LimitError, MetadataFormatError } from '../nix/errors';
import { type NarInfo, parseNarInfo } from '../nix/narinfo';

/**
 * The decoder for a body that begins with `head`; undefined when there is none. Brotli has no magic bytes, so
 * it is what is tried when nothing else is known.
 */
export type DecodeBody = (head: Uint8Array) => Promise<((compressed: ByteStream) => ByteStream) | undefined>;

export interface BinaryCacheOptions {
  readonly decodeBody: DecodeBody;
  readonly network?: NetworkOptions | undefined;
}

/** Bytes of a body: as it comes, and decoded. */
const BODIES = {
  text: { encoded: LIMITS.metadata.most, decoded: LIMITS.metadata.most },
  listing: { encoded: LIMITS.listing.most, decoded: LIMITS.decodedListing.most },
} as const;

/** Enough to tell text from anything encoded. */
const HEAD_SIZE = 64;

/**
 * A binary cache behind HTTP, after Nix's http-binary-cache-store.cc. What the cache does not have (404, 410)
 * is undefined; everything else that keeps an answer away is thrown. Caches serve narinfos and listings
 * compressed without saying so (Hydra did until 2026-07), so each body is known by its first bytes.
 */
export class BinaryCache {
  /** Ends with a slash: everything is relative to it. */
  readonly url: string;
  private readonly options: BinaryCacheOptions;

  /**
   * Takes `https://cache/x` and `https://cache/x/` as the same. A query (Nix's store settings) is not part of
   * it.
   */
  constructor(url: string, options: BinaryCacheOptions) {
    const base = parseHttpUrl(url, undefined);
    if (!base)
      throw new MetadataFormatError({ format: 'input', reason: 'malformed', detail: `no http URL: ${url}` });
    this.url = `${base.origin}${base.pathname.replace(/\/*$/, '/')}`;
    this.options = options;
  }

  /**
   * `<hashPart>.narinfo`, read and as the cache wrote it. Throws an UnreadableNarInfo when it cannot be read,
   * or when it is that of another store path.
   */
  async narInfo(
    hashPart: string,
    signal: AbortSignal,
  ): Promise<{ narInfo: NarInfo; text: string } | undefined> {
    const text = await this.text(`${hashPart}.narinfo`, 'narinfo bytes', signal);
    if (text === undefined) return undefined;
    try {
      const narInfo = parseNarInfo(text);
      const described = narInfo.storePath.hashPart;
      if (described === hashPart) return { narInfo, text };
      throw new MetadataFormatError({
        format: 'narinfo',
        reason: 'disagrees',
        field: 'StorePath',
        detail: `${hashPart} was asked for, it describes ${described}`,
      });
    } catch (error) {
      throw error instanceof MetadataFormatError ? new UnreadableNarInfo(error, text) : error;
    }
  }

  /**
   * `<hashPart>.ls`, as decoded JSON. Never asked for by range: many caches store it encoded. Throws what the
   * decoder throws when the body is neither JSON nor anything it knows.
   */
  async listing(hashPart: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const wanted = { name: `${hashPart}.ls`, what: 'listing bytes', isPlain: isJson, limits: BODIES.listing };
    try {
      return await this.body(wanted, signal);
    } catch (error) {
      // A bucket that may not be listed answers 403 for what it does not have, as most have no listings.
      if (error instanceof SourceError && error.reason === 'forbidden') return undefined;
      throw error;
    }
  }

  async cacheInfo(signal: AbortSignal): Promise<CacheInfo | undefined> {
    const text = await this.text('nix-cache-info', 'nix-cache-info bytes', signal);
    return text === undefined ? undefined : parseCacheInfo(text);
  }

  /** The absolute URL of the NAR: the narinfo's may be relative to the cache, absolute, and carry a query. */
  narUrl(narInfo: NarInfo): string {
    const url = parseHttpUrl(narInfo.url, this.url);
    if (url) return url.href;
    const detail = `not a URL that can be fetched: ${narInfo.url}`;
    throw new MetadataFormatError({ format: 'narinfo', reason: 'malformed', field: 'URL', detail });
  }

  private async text(name: string, what: string, signal: AbortSignal): Promise<string | undefined> {
    const bytes = await this.body({ name, what, isPlain: isText, limits: BODIES.text }, signal);
    return bytes && new TextDecoder().decode(bytes);
  }

  private async body(wanted: Wanted, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { network = {} } = this.options;
    const retries = new Retries(network);
    for (;;) {
      try {
        const bytes = await this.bodyAtOnce(wanted, signal);
        retries.received(bytes.length);
        return bytes;
      } catch (error) {
        if (error instanceof SourceError && (error.status === 404 || error.status === 410)) return undefined;
        await retries.after(error, signal);
      }
    }
  }

  /** Never from where it broke off: the body may be encoded, and then a range is one of something else. */
  private async bodyAtOnce(wanted: Wanted, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { what, limits } = wanted;
    const url = new URL(wanted.name, this.url).href;
    const source = httpSource(url, this.options.network);
    const encoded = atMost(source.read({ start: 0 }, signal), limits.encoded, what);
    return collectAtMost(await this.decoded(encoded, wanted, url), limits.decoded, what);
  }

  private async decoded(body: ByteStream, { isPlain }: Wanted, url: string): Promise<ByteStream> {
    const { head, rest } = await peek(body, HEAD_SIZE);
    try {
      if (isHtml(head)) throw new SourceError({ reason: 'html', url });
      if (isPlain(head)) return rest;
      const decode = await this.options.decodeBody(head);
      // What nobody can decode is taken as it is: the parser says best what is wrong with it.
      return decode ? decode(rest) : rest;
    } catch (error) {
      await discard(rest);
      throw error;
    }
  }
}

/** A narinfo that was fetched and cannot be read, with its text, so that it can be shown. */
export class UnreadableNarInfo extends MetadataFormatError {
  readonly text: string;

  constructor(error: MetadataFormatError, text: string) {
    super(error);
    this.text = text;
  }
}

interface Wanted {
  /** Relative to the cache. */
  readonly name: string;
  /** What a LimitError calls it. */
  readonly what: string;
  /** Whether a body that begins like this is not encoded. */
  readonly isPlain: (head: Uint8Array) => boolean;
  readonly limits: { readonly encoded: number; readonly decoded: number };
}

function parseHttpUrl(url: string, base: string | undefined): URL | undefined {
  if (!URL.canParse(url, base)) return undefined;
  const parsed = new URL(url, base);
  // `fetch` refuses a URL with a user name in it, and would call that unreachable.
  if (parsed.username !== '' || parsed.password !== '') return undefined;
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed : undefined;
}

async function* atMost(stream: ByteStream, limit: number, what: string): ByteStream {
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw new LimitError(what, limit);
    yield chunk;
  }
}

async function collectAtMost(
  stream: ByteStream,
  limit: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await collect(stream, limit);
  if (!bytes) throw new LimitError(what, limit);
  return bytes;
}

/**
 * Nothing that a cache serves begins with `<`, encoded or not: to brotli it is a reserved bit (RFC 7932
 * §9.2).
 */
function isHtml(head: Uint8Array): boolean {
  return head[0] === 0x3c;
}

/** `{`, which to brotli is an empty stream with something behind it (RFC 7932 §9.2). */
function isJson(head: Uint8Array): boolean {
  return head[0] === 0x7b;
}

/** Printable ASCII and line ends, as narinfos and nix-cache-info are. An empty body is empty text. */
function isText(head: Uint8Array): boolean {
  return head.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
}
