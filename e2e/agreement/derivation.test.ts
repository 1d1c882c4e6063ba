import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Derivation,
  type DerivationOutput,
  formatDerivation,
  parseDerivation,
  structuredAttrsOf,
} from '../../src/nix/derivation';
import { formatOutputFields } from '../../src/nix/derivation-output';
import { formatStorePath } from '../../src/nix/store-path';
import { runForText } from '../fixtures/run-tool';

/** Every way that Nix 2.8 has to write an output, an input and a variable. */
const EXPRESSION = String.raw`
let
  make = attributes: derivation ({ system = "x86_64-linux"; builder = "/bin/sh"; } // attributes);
  tools = make { name = "tools"; outputs = [ "out" "dev" "man" ]; args = [ "-c" "echo \"$out\"" ]; };
  fixed = attributes: make ({ name = "source-1.0"; outputHashAlgo = "sha256"; outputHash = hash; } // attributes);
  hash = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s";
in {
  escapes = make { name = "escapes"; args = [ "" "a\"b\\c\nd\re\tf \${"$"}{x} $(y)" "é\\n" ]; empty = ""; "a b\"" = "c"; };
  inputs = make { name = "inputs"; tools = "\${tools.dev}/include \${tools}"; man = tools.man; src = ./expression.nix; };
  flat = fixed { };
  recursive = fixed { outputHashMode = "recursive"; };
  sha1 = fixed { outputHashAlgo = "sha1"; outputHash = "kpcd173cq987hw957sx6m0868wv3x6d9"; };
  structured = make { name = "structured"; __structuredAttrs = true; list = [ 1 true null { "é" = "\"\\\n"; } ]; inherit tools; };
  floating = make { name = "floating"; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
  deferred = make {
    name = "deferred";
    on = make { name = "floating"; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
  };
}`.replaceAll('\\${', '${');

/** Nix alone, as in fixtures/nix.ts, with content-addressed derivations. */
const env = {
  NIX_CONFIG:
    'experimental-features = nix-command flakes ca-derivations\nbuild-users-group =\nsubstituters =',
};

let folder: string;
let shown: Readonly<Record<string, unknown>>;
const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'derivations-'));
  await writeFile(join(folder, 'expression.nix'), EXPRESSION);
  const ours = ['--store', join(folder, 'store')];
  const made = await runForText('nix-instantiate', [...ours, join(folder, 'expression.nix')], { env });
  const show = ['show-derivation', ...ours, '--derivation', ...made.split('\n')];
  shown = JSON.parse(await runForText('nix', show, { env }));
  for (const name of await readdir(join(folder, 'store/nix/store'))) {
    if (!name.endsWith('.drv')) continue;
    files.set(`/nix/store/${name}`, await readFile(join(folder, 'store/nix/store', name)));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** As `nix show-derivation` of Nix 2.8 prints it. */
function asNixShows(derivation: Derivation): unknown {
  const { outputs, inputDerivations, inputSources, system, builder, args, env } = derivation;
  return {
    outputs: Object.fromEntries(outputs.map((output) => [output.name, shownOutput(output)])),
    inputSrcs: inputSources.map(formatStorePath),
    inputDrvs: Object.fromEntries(
      inputDerivations.map((input) => [formatStorePath(input.storePath), input.outputs]),
    ),
    system,
    builder,
    args,
    env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
  };
}

function shownOutput(output: DerivationOutput): unknown {
  const { path, algorithm, hash } = formatOutputFields(output);
  const said = { path, hashAlgo: algorithm, hash };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
}

test('every derivation is read as Nix shows it', () => {
  expect(Object.keys(shown).length).toBe(8);
  for (const [storePath, expected] of Object.entries(shown)) {
    const bytes = files.get(storePath);
    if (!bytes) throw new Error(`there is no ${storePath}`);
    expect(asNixShows(parseDerivation(bytes))).toEqual(expected);
  }
});

test('every kind of output is among them', () => {
  const derivations = [...files.values()].map(parseDerivation);
  const kinds = derivations.flatMap(({ outputs }) => outputs.map(({ kind }) => kind));
  expect(new Set(kinds)).toEqual(new Set(['input-addressed', 'fixed', 'floating', 'deferred']));
  const [structured = ''] = derivations.map(structuredAttrsOf).filter((text) => text !== undefined);
  expect(JSON.parse(structured)).toMatchObject({ list: [1, true, null, { é: '"\\\n' }] });
});

test('every text is written again, byte for byte', () => {
  expect(files.size).toBe(9);
  for (const bytes of files.values()) {
    expect(Buffer.compare(formatDerivation(parseDerivation(bytes)), bytes)).toBe(0);
  }
});
