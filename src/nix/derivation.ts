import { LIMITS } from '../limits';
import { ATermReader, bytesOf, compareTexts, formatList, formatString } from './aterm';
import { type DerivationOutput, formatOutputFields, parseOutputFields } from './derivation-output';
import { LimitError, MetadataFormatError } from './errors';
import { formatBaseName, formatStorePath, parseStorePath, type StorePath } from './store-path';
import { quote } from './text';

/**
 * A derivation: how store paths are built. Its `.drv` file, after `parseDerivation` and `Derivation::unparse`
 * in Nix's derivations.cc (strings and lists are in aterm.ts):
 *
 *   derivation = 'Derive(' parts ')' | 'DrvWithVersion("xp-dyn-drv",' parts ')'
 *   parts      = [output,…] ',' [input,…] ',' [source,…] ',' system ',' builder ',' [argument,…] ',' [variable,…]
 *   output     = '(' NAME ',' PATH ',' ALGORITHM ',' HASH ')'
 *   input      = '(' STORE PATH ',' wanted ')'
 *   wanted     = [OUTPUT NAME,…] | '(' [OUTPUT NAME,…] ',' [ '(' OUTPUT NAME ',' wanted ')',… ] ')'
 *   variable   = '(' NAME ',' VALUE ')'
 *
 * What an output says is in derivation-output.ts.
 * The second form of `wanted` stands in the second form of a derivation only. All lists but the arguments are
 * sorted by their bytes, without doubles. What Nix reads but never writes is refused: so one derivation has one
 * text, and the text of what was read is the same, byte for byte.
 */
export interface Derivation {
  /** Names of the form it is written in: the second is of experimental Nix, for inputs that are made by building. */
  readonly form: 'Derive' | 'xp-dyn-drv';
  readonly outputs: readonly DerivationOutput[];
  readonly inputDerivations: readonly InputDerivation[];
  readonly inputSources: readonly StorePath[];
  /** As `x86_64-linux`, or `builtin`. Texts hold bytes that are not UTF-8 as lossless-utf8.ts says. */
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

export type { DerivationOutput };

export interface InputDerivation extends WantedOutputs {
  readonly storePath: StorePath;
}

export interface WantedOutputs {
  readonly outputs: readonly string[];
  /** Outputs that are derivations themselves, and what is wanted of those. */
  readonly ofOutputs: readonly (WantedOutputs & { readonly name: string })[];
}

/** Bytes of a `.drv` file. Real ones have some thousands; those with generated scripts in them up to a few million. */
export const MAX_DERIVATION_SIZE = LIMITS.derivation.most;
/** Of outputs of outputs. */
const MAX_NESTING = LIMITS.derivationNesting.most;

const BEGINNINGS: Readonly<Record<Derivation['form'], string>> = {
  Derive: 'Derive(',
  'xp-dyn-drv': 'DrvWithVersion("xp-dyn-drv",',
};

/** Reads a `.drv` file. Throws MetadataFormatError with format 'derivation', or LimitError. */
export function parseDerivation(bytes: Uint8Array): Derivation {
  if (bytes.length > MAX_DERIVATION_SIZE) {
    throw new LimitError('bytes of a derivation', MAX_DERIVATION_SIZE, bytes.length);
  }
  const reader = new ATermReader(bytes);
  const form = readForm(reader);
  const outputs = reader.sorted(() => readOutput(reader), nameOf);
  reader.expect(',');
  const inputDerivations = reader.sorted(() => readInput(reader, form), baseNameOf);
  reader.expect(',');
  const inputSources = reader.sorted(() => readStorePath(reader, 'inputSrcs'), formatBaseName);
  reader.expect(',');
  const system = reader.string();
  reader.expect(',');
  const builder = reader.string();
  reader.expect(',');
  const args = reader.list(() => reader.string());
  reader.expect(',');
  const env = reader.sorted(() => readVariable(reader), nameOf);
  reader.expect(')');
  reader.end();
  return { form, outputs, inputDerivations, inputSources, system, builder, args, env };
}

function readForm(reader: ATermReader): Derivation['form'] {
  if (reader.comes('DrvWithVersion(')) {
    if (!reader.comes(BEGINNINGS['xp-dyn-drv'])) {
      const detail = 'expected the version "xp-dyn-drv"';
      throw reader.failure(detail, { reason: 'unsupported-version', field: 'DrvWithVersion' });
    }
    reader.expect(BEGINNINGS['xp-dyn-drv']);
    return 'xp-dyn-drv';
  }
  reader.expect(BEGINNINGS.Derive);
  return 'Derive';
}

function readOutput(reader: ATermReader): DerivationOutput {
  reader.expect('(');
  const name = reader.string();
  reader.expect(',');
  const path = reader.string();
  reader.expect(',');
  const algorithm = reader.string();
  reader.expect(',');
  const hash = reader.string();
  reader.expect(')');
  try {
    return parseOutputFields(name, { path, algorithm, hash });
  } catch (error) {
    throw inField(reader, `output ${quote(name)}`, error);
  }
}

function readInput(reader: ATermReader, form: Derivation['form']): InputDerivation {
  reader.expect('(');
  const storePath = readStorePath(reader, 'inputDrvs');
  reader.expect(',');
  const wanted = readWanted(reader, { form, nesting: 0 });
  reader.expect(')');
  return { storePath, ...wanted };
}

function readWanted(
  reader: ATermReader,
  { form, nesting }: { form: Derivation['form']; nesting: number },
): WantedOutputs {
  if (nesting > MAX_NESTING) throw new LimitError('outputs of outputs in a derivation', MAX_NESTING);
  const readNames = () =>
    reader.sorted(
      () => reader.string(),
      (name) => name,
    );
  if (form === 'Derive' || !reader.comes('(')) return { outputs: readNames(), ofOutputs: [] };
  reader.expect('(');
  const outputs = readNames();
  reader.expect(',');
  const ofOutputs = reader.sorted(() => {
    reader.expect('(');
    const name = reader.string();
    reader.expect(',');
    const wanted = readWanted(reader, { form, nesting: nesting + 1 });
    reader.expect(')');
    return { name, ...wanted };
  }, nameOf);
  if (ofOutputs.length === 0) throw reader.failure('expected outputs of outputs, found none');
  reader.expect(')');
  return { outputs, ofOutputs };
}

function readVariable(reader: ATermReader): Derivation['env'][number] {
  reader.expect('(');
  const name = reader.string();
  reader.expect(',');
  const value = reader.string();
  reader.expect(')');
  return { name, value };
}

function readStorePath(reader: ATermReader, field: string): StorePath {
  const text = reader.string();
  try {
    return parseStorePath(text);
  } catch (error) {
    throw inField(reader, field, error);
  }
}

/** The fault of a text inside the derivation is the derivation's. */
function inField(reader: ATermReader, field: string, error: unknown): unknown {
  return error instanceof MetadataFormatError ? reader.failure(error.detail, { field }) : error;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function baseNameOf({ storePath }: { readonly storePath: StorePath }): string {
  return formatBaseName(storePath);
}

/**
 * The text that Nix would write, with its lists sorted. Throws a MetadataFormatError for a text that stands for
 * no bytes.
 */
export function formatDerivation(derivation: Derivation): Uint8Array {
  const { form, outputs, inputDerivations, inputSources, system, builder, args, env } = derivation;
  const parts = [
    formatSorted(outputs, nameOf, formatOutput),
    formatSorted(
      inputDerivations,
      baseNameOf,
      (input) => `(${formatPath(input.storePath)},${formatWanted(input)})`,
    ),
    formatSorted(inputSources, formatBaseName, formatPath),
    formatString(system),
    formatString(builder),
    formatList(args.map(formatString)),
    formatSorted(env, nameOf, ({ name, value }) => `(${formatString(name)},${formatString(value)})`),
  ];
  return bytesOf(`${BEGINNINGS[form]}${parts.join(',')})`);
}

function formatOutput(output: DerivationOutput): string {
  const { path, algorithm, hash } = formatOutputFields(output);
  return `(${[output.name, path, algorithm, hash].map(formatString).join(',')})`;
}

function formatWanted({ outputs, ofOutputs }: WantedOutputs): string {
  const names = formatSorted(outputs, (name) => name, formatString);
  if (ofOutputs.length === 0) return names;
  const inner = formatSorted(ofOutputs, nameOf, (one) => `(${formatString(one.name)},${formatWanted(one)})`);
  return `(${names},${inner})`;
}

function formatPath(storePath: StorePath): string {
  return formatString(formatStorePath(storePath));
}

function formatSorted<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  format: (item: T) => string,
): string {
  return formatList(items.toSorted((a, b) => compareTexts(keyOf(a), keyOf(b))).map(format));
}

/**
 * The text of the attributes that the builder is given as JSON (`__structuredAttrs`): Nix keeps them as a
 * variable of this name. Undefined where there are none.
 */
export function structuredAttrsOf({ env }: Pick<Derivation, 'env'>): string | undefined {
  return env.find(({ name }) => name === '__json')?.value;
}
