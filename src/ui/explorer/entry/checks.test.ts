import { expect, test } from 'vitest';
import { type CheckName, type CheckState, UNCLAIMED, type Verdicts } from '../../../archive/verdict';
import { CHECKS, fileWords, savedWords, summaryOf } from './checks';

function verdicts(states: Partial<Record<CheckName, CheckState>>): Verdicts {
  const verdictOf = (name: CheckName) => ({ state: states[name] ?? 'verified', detail: `the ${name}` });
  return {
    signature: verdictOf('signature'),
    'nar-hash': verdictOf('nar-hash'),
    'nar-size': verdictOf('nar-size'),
    'file-hash': verdictOf('file-hash'),
    'file-size': verdictOf('file-size'),
    listing: verdictOf('listing'),
    'content-address': verdictOf('content-address'),
  };
}

test('every check has its place', () => {
  expect(CHECKS.toSorted()).toEqual(Object.keys(UNCLAIMED).toSorted());
});

test('verified is said only when somebody trusted vouches for what was read', () => {
  expect(summaryOf(verdicts({})).state).toBe('verified');
  expect(summaryOf(verdicts({ signature: 'impossible' })).state).toBe('verified');
  expect(summaryOf(verdicts({ 'content-address': 'impossible' })).state).toBe('verified');
  const unsigned = summaryOf(verdicts({ signature: 'impossible', 'content-address': 'impossible' }));
  expect(unsigned.state).toBe('impossible');
  expect(unsigned.words).toContain('the signature');
});

test('a signature alone verifies no file', () => {
  expect(summaryOf(verdicts({ 'nar-hash': 'unchecked' })).state).toBe('unchecked');
});

test.each(CHECKS)('a mismatch of the %s outweighs everything', (name) => {
  expect(summaryOf(verdicts({ [name]: 'mismatch' })).state).toBe('mismatch');
});

test('an archive without a narinfo has nothing to be checked by', () => {
  expect(summaryOf(UNCLAIMED).state).toBe('impossible');
});

test('a file’s words never say more than is known', () => {
  const states: CheckState[] = ['unchecked', 'checking', 'mismatch', 'impossible'];
  for (const state of states) {
    expect(fileWords(state, verdicts({}))).not.toBe('this file is verified');
    expect(savedWords(state, verdicts({}))).not.toBe('verified');
  }
  expect(fileWords('verified', verdicts({}))).toBe('this file is verified');
  expect(fileWords('impossible', UNCLAIMED)).toBe('there is nothing to verify this file by');
});

test('a NAR that is not kept verifies no file of its end', () => {
  const large = summaryOf(verdicts({}), false).words;
  expect(large).toContain('The NAR is verified.');
  expect(large).toContain('fetched again');
  expect(large).not.toContain('Every file');
  expect(fileWords('unchecked', verdicts({}))).toBe('the NAR is verified; this file may be fetched again');
  const unread = verdicts({ 'nar-hash': 'unchecked' });
  expect(summaryOf(unread, false)).toEqual(summaryOf(unread));
  expect(fileWords('unchecked', unread)).toBe('this file is not verified yet');
});
