import { expect } from '@playwright/test';
import type { Corpus } from '../fixtures/corpus';
import { expectedOf, sha256 } from '../fixtures/expected';
import type { Saved } from './engine';

/** The saved file has the name, and the very bytes that `nix nar cat` gives, of this `/nix/store/…/path/inside`. */
export async function expectSaved(saved: Saved, corpus: Corpus, path: string): Promise<void> {
  const owner = corpus.paths.find(({ storePath }) => path.startsWith(`${storePath}/`));
  if (!owner) throw new Error(`${path} is not in the corpus`);
  const { contents } = await expectedOf(owner);
  const narPath = path.slice(owner.storePath.length + 1);
  expect([saved.name, sha256(saved.bytes)]).toEqual([narPath.replace(/^.*\//, ''), contents.get(narPath)]);
}
