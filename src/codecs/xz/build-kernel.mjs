// Builds kernel.wasm from kernel/: `npm run build:kernel`. The same bytes each time; a test compares them with the committed ones.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';
import binaryen from 'assemblyscript/binaryen';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/** The function whose speed is the decoder's. */
const HOT = 'kernel/lzma/decodeSymbols';
/** Called three times for some ten thousand bytes: not worth six copies. */
const RARE = 'kernel/crc/multiply';
/** Larger than any function here. */
const EVERYTHING = 1_000_000;

export async function buildKernel() {
  const inlined = optimise(await compileToText(), (module) => {
    binaryen.setAlwaysInlineMaxSize(EVERYTHING);
    for (const name of [HOT, RARE]) {
      binaryen.setPassArgument('no-inline', name);
      module.runPasses(['no-inline']);
    }
    module.runPasses(['inlining']);
    return module.emitText();
  });
  return optimise(withGlobalsAsLocals(inlined), (module) => {
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    module.optimize();
    return module.emitBinary();
  });
}

async function compileToText() {
  const options = ['--runtime', 'stub', '--noAssert', '--initialMemory', '4', '--textFile', 'kernel.wat'];
  let text = '';
  const { error, stderr } = await compile(['kernel/index.ts', '--baseDir', FOLDER, ...options], {
    writeFile: (_name, contents) => {
      text = contents;
    },
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return text;
}

function optimise(text, work) {
  const module = binaryen.parseText(text);
  const { BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt } = binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt);
  if (!module.validate()) throw new Error('what was built is not valid');
  const result = work(module);
  module.dispose();
  return result;
}

/**
 * Engines keep locals in registers, and read and write globals in memory, which costs one part in fifteen of the time. So the hot
 * function gets a local for each global that it uses: read when it begins, written back when it ends. It has one end, and calls
 * nothing that could look at them in between.
 */
function withGlobalsAsLocals(text) {
  const start = text.indexOf(`\n (func $${HOT}\n`) + 1;
  const end = text.indexOf('\n )', start) + 3;
  const hot = text.slice(start, end);
  if (start === 0 || /\((?:call|return)\b/.test(hot))
    throw new Error(`${HOT} is not one function with one end`);

  const types = new Map(
    [...text.matchAll(/\(global (\S+) \(mut (\w+)\)/g)].map(([, name, type]) => [name, type]),
  );
  const used = [...types.keys()].filter((name) =>
    new RegExp(`global\\.[gs]et ${escaped(name)}[\\s)]`).test(hot),
  );
  const each = (line) => used.map((name) => line(name)).join('\n');

  const [, head, locals, body] = /^( \(func \S+\n)((?: {2}\(local .*\n)*)([\s\S]*)\n \)$/.exec(hot) ?? [];
  const promoted = [
    `${head}${locals}${each((name) => `  (local ${name} ${types.get(name)})`)}`,
    each((name) => `  (local.set ${name} (global.get ${name}))`),
    body.replace(/global\.([gs]et) (\S+?)(?=[\s)])/g, (access, way, name) =>
      types.has(name) ? `local.${way} ${name}` : access,
    ),
    each((name) => `  (global.set ${name} (local.get ${name}))`),
    ' )',
  ].join('\n');
  return text.slice(0, start) + promoted + text.slice(end);
}

function escaped(name) {
  return name.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('kernel.wasm', import.meta.url), await buildKernel());
}
