import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../public/sample-cache/', import.meta.url));
const offered: { storePath: string }[] = JSON.parse(readFileSync(`${folder}sample.json`, 'utf8'));

export interface SamplePath {
  /** `/nix/store/<hash part>-<name>` */
  readonly storePath: string;
  readonly hashPart: string;
  /** Of the NAR, as the narinfo has it: `nar/….nar.xz`. */
  readonly narUrl: string;
}

/** A store path of the sample cache by its name: `hello-static-1.2`. */
export function samplePath(name: string): SamplePath {
  const storePath = offered
    .map((one) => one.storePath)
    .find((one) => one.endsWith(`-${name}`) && one.length === 44 + name.length);
  if (!storePath) throw new Error(`the sample cache does not offer ${name}`);
  const hashPart = storePath.slice(11, 43);
  const narInfo = readFileSync(`${folder}${hashPart}.narinfo`, 'utf8');
  return { storePath, hashPart, narUrl: /^URL: (.*)$/m.exec(narInfo)?.[1] ?? '' };
}

/** A file of the sample cache on disk. */
export function sampleFile(path: string): string {
  return `${folder}${path}`;
}
