import { derivationError } from './aterm';
import type { ContentAddress } from './content-address';
import { formatHash, type HashAlgorithm, isAlgorithm, parseHashAndFormat } from './hash';
import { formatStorePath, parseStorePath, type StorePath } from './store-path';
import { quote } from './text';

/**
 * The three texts that a derivation says of an output, after `parseDerivationOutput` in Nix's derivations.cc:
 *
 * |            | PATH       | ALGORITHM                          | HASH     |
 * |------------|------------|------------------------------------|----------|
 * | addressed  | store path | –                                  | –        |
 * | deferred   | –          | –                                  | –        |
 * | fixed      | store path | sha256, r:sha256, text:…, git:…    | base 16  |
 * | floating   | –          | the same                           | –        |
 * | impure     | –          | the same                           | "impure" |
 */
export type DerivationOutput = { readonly name: string } & (
  | { readonly kind: 'input-addressed'; readonly storePath: StorePath }
  /** Known when what the inputs' outputs are is known. */
  | { readonly kind: 'deferred' }
  | { readonly kind: 'fixed'; readonly storePath: StorePath; readonly address: ContentAddress }
  | {
      /** By its contents, once it is built; `impure` is built anew each time. */
      readonly kind: 'floating' | 'impure';
      readonly method: ContentAddress['method'];
      readonly algorithm: HashAlgorithm;
    }
);

interface OutputFields {
  readonly path: string;
  readonly algorithm: string;
  readonly hash: string;
}

/** Throws a MetadataFormatError. */
export function parseOutputFields(name: string, text: OutputFields): DerivationOutput {
  if (text.algorithm === '') {
    if (text.hash !== '') throw derivationError('expected no hash without an algorithm');
    if (text.path === '') return { name, kind: 'deferred' };
    return { name, kind: 'input-addressed', storePath: parseStorePath(text.path) };
  }
  const { method, algorithm } = toMethod(text.algorithm);
  if (text.hash === '' || text.hash === 'impure') {
    if (text.path !== '') throw derivationError('expected no store path before it is built');
    return { name, kind: text.hash === '' ? 'floating' : 'impure', method, algorithm };
  }
  const { hash, format } = parseHashAndFormat(`${algorithm}:${text.hash}`);
  if (format !== 'base16' || text.hash !== text.hash.toLowerCase()) {
    throw derivationError(`expected a hash in base 16, found ${quote(text.hash)}`);
  }
  return { name, kind: 'fixed', storePath: parseStorePath(text.path), address: { method, hash } };
}

/** `ContentAddressMethod::renderPrefix` in Nix's content-address.cc. */
const METHOD_PREFIXES: Readonly<Record<ContentAddress['method'], string>> = {
  text: 'text:',
  nar: 'r:',
  git: 'git:',
  flat: '',
};

function toMethod(text: string): { method: ContentAddress['method']; algorithm: HashAlgorithm } {
  for (const method of ['text', 'nar', 'git', 'flat'] as const) {
    const algorithm = text.slice(METHOD_PREFIXES[method].length);
    if (text.startsWith(METHOD_PREFIXES[method]) && isAlgorithm(algorithm)) return { method, algorithm };
  }
  throw derivationError(`expected a hash algorithm, found ${quote(text)}`);
}

export function formatOutputFields(output: DerivationOutput): OutputFields {
  switch (output.kind) {
    case 'input-addressed':
      return { path: formatStorePath(output.storePath), algorithm: '', hash: '' };
    case 'deferred':
      return { path: '', algorithm: '', hash: '' };
    case 'fixed': {
      const { method, hash } = output.address;
      const digest = formatHash(hash, 'base16').slice(hash.algorithm.length + 1);
      return {
        path: formatStorePath(output.storePath),
        algorithm: METHOD_PREFIXES[method] + hash.algorithm,
        hash: digest,
      };
    }
    default: {
      const algorithm = METHOD_PREFIXES[output.method] + output.algorithm;
      return { path: '', algorithm, hash: output.kind === 'impure' ? 'impure' : '' };
    }
  }
}
