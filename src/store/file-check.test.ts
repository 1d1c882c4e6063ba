import { expect, test } from 'vitest';
import { UNCLAIMED } from '../archive/verdict';
import { checkOfRead, fileCheckOf, isWrong, mayStartByItself } from './file-check';

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

test('one check that says no makes it wrong', () => {
  expect(isWrong(UNCLAIMED)).toBe(false);
  expect(isWrong({ ...UNREAD, listing: verdict('mismatch') })).toBe(true);
});

test('what holds for the NAR is not said of a file that was fetched apart from it', () => {
  const signed = { ...UNREAD, signature: verdict('verified'), 'nar-hash': verdict('verified') };
  const unsigned = { ...signed, signature: verdict('impossible') };
  expect(checkOfRead({ verdicts: signed })).toBe('verified');
  expect(checkOfRead({ verdicts: signed, isApart: true })).toBe('unchecked');
  expect(checkOfRead({ verdicts: unsigned })).toBe('impossible');
  expect(checkOfRead({ verdicts: unsigned, isApart: true })).toBe('unchecked');
  expect(checkOfRead({ verdicts: UNCLAIMED, isApart: true })).toBe('impossible');
  const wrong = { ...signed, 'nar-hash': verdict('mismatch') };
  expect(checkOfRead({ verdicts: wrong, isApart: true })).toBe('mismatch');
});
