import { expect, test } from 'vitest';
import { costText, durationText, fractionOf, progressText } from './progress-text';

const MIB = 1024 * 1024;
const progress = {
  receivedBytes: 7 * MIB,
  totalBytes: 21 * MIB,
  decodedBytes: 25 * MIB,
  wantedBytes: 100 * MIB,
  milliseconds: 2000,
};

test('what is waited for decides how far it is', () => {
  expect(fractionOf(progress)).toBe(0.25);
  expect(fractionOf({ ...progress, wantedBytes: undefined })).toBeCloseTo(1 / 3);
  expect(fractionOf({ ...progress, wantedBytes: undefined, totalBytes: undefined })).toBeUndefined();
  expect(fractionOf({ ...progress, wantedBytes: 0, totalBytes: 0 })).toBeUndefined();
});

test('bytes, rate and time left', () => {
  expect(progressText(progress)).toBe(
    '7.0 MiB of 21.0 MiB received · 25.0 MiB decoded · 3.5 MiB/s · 6.0 s left',
  );
});

test('what is not known is not said', () => {
  const early = {
    ...progress,
    totalBytes: undefined,
    decodedBytes: 0,
    wantedBytes: undefined,
    milliseconds: 100,
  };
  expect(progressText(early)).toBe('7.0 MiB received');
});

test('of what is kept nothing is received', () => {
  expect(progressText({ ...progress, receivedBytes: 0, totalBytes: undefined })).toBe(
    '25.0 MiB decoded · 6.0 s left',
  );
});

test('before anything came, nothing is said of it', () => {
  expect(progressText({ ...progress, receivedBytes: 0, decodedBytes: 0 })).toBe('');
});

test('what is waited for, and how long', () => {
  const url = 'https://cache.nixos.org/nar/x.nar.xz';
  const failure = { kind: 'source', reason: 'http-status', url, status: 503, detail: undefined } as const;
  const waiting = { failure, attempt: 2, attempts: 4, left: 1600 };
  expect(progressText({ ...progress, waiting })).toBe(
    'cache.nixos.org answered with status 503 · asking again in 2 s (attempt 2 of 4)',
  );
  expect(progressText({ ...progress, waiting: { ...waiting, left: 10 } })).toContain('asking again now');
});

test('what it cost', () => {
  expect(costText({ requests: 2, receivedBytes: 4198, milliseconds: 59.4 })).toBe(
    '2 requests, 4.1 KiB in 59 ms',
  );
  expect(costText({ requests: 1, receivedBytes: 0, milliseconds: 1500 })).toBe('1 request, 0 B in 1.5 s');
});

test.each([
  [0.4, '0 ms'],
  [9_900, '9.9 s'],
  [60_000, '60 s'],
  [600_000, '10 min'],
  [9_000_000, '2.5 h'],
])('%i ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
