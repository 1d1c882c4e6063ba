import { expect, test } from 'vitest';
import { UNCLAIMED } from '../archive/verdict';
import { fileCheckOf, mayStartByItself } from './file-check';

const verdict = (state: 'verified' | 'unchecked' | 'mismatch' | 'impossible') => ({ state, detail: '' });
const UNREAD = { ...UNCLAIMED, 'nar-hash': verdict('unchecked'), listing: verdict('unchecked') };

test('a download starts by itself only where somebody trusted signed, and nothing is wrong', () => {
  expect(mayStartByItself(UNREAD)).toBe(false);
  expect(mayStartByItself({ ...UNREAD, signature: verdict('verified') })).toBe(true);
  // Everyone can make a path that follows from its contents.
  expect(mayStartByItself({ ...UNREAD, 'content-address': verdict('verified') })).toBe(false);
  expect(mayStartByItself({ ...UNREAD, signature: verdict('mismatch') })).toBe(false);
  const both = { ...UNREAD, signature: verdict('mismatch'), 'content-address': verdict('verified') };
  expect(mayStartByItself(both)).toBe(false);
});

test('a path of an export stream whose name follows from its NAR is verified', () => {
  expect(fileCheckOf(UNCLAIMED)).toBe('impossible');
  expect(fileCheckOf({ ...UNCLAIMED, 'content-address': verdict('verified') })).toBe('verified');
});
