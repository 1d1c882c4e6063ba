import { expect, test } from 'vitest';
import { type NarInfo, parseNarInfo } from '../nix/narinfo';
import { fileVerdicts, unreadVerdicts } from './claims';
import { NAR, sha256 } from './testing/one-path-cache';

const narInfo = parseNarInfo(`StorePath: /nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-x
URL: nar/x.nar
Compression: none
FileHash: md5:37a6259cc0c1dae299a7866489dff0bd
FileSize: ${NAR.length}
NarHash: md5:37a6259cc0c1dae299a7866489dff0bd
NarSize: ${NAR.length}
`);
const found = { hash: sha256(NAR), size: NAR.length };

test('a FileHash that is not SHA-256 cannot be checked, and does not wait to be', () => {
  expect(unreadVerdicts(narInfo)['file-hash'].state).toBe('unchecked');
  expect(fileVerdicts(narInfo, found)).toEqual({
    'file-hash': {
      state: 'impossible',
      detail: 'It is md5, which Nix does not use for files of caches any more.',
    },
    'file-size': { state: 'verified', detail: expect.any(String) },
  });
});

test('one that is SHA-256 holds or does not; one that is not stated has no verdict', () => {
  const stateOf = (changed: NarInfo) => fileVerdicts(changed, found)['file-hash']?.state;
  expect(stateOf({ ...narInfo, fileHash: found.hash })).toBe('verified');
  expect(stateOf({ ...narInfo, fileHash: sha256(NAR.subarray(1)) })).toBe('mismatch');
  expect(stateOf({ ...narInfo, fileHash: undefined })).toBeUndefined();
});
