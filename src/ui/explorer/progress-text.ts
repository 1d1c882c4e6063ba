import type { Cost, Progress, Waiting } from '../../archive/service';
import { formatIec } from '../../nix/format';
import { textOfFailure } from '../failure/failure-texts';

/** From 0 to 1; undefined while nobody knows how much there is. Decoded bytes say it best: they are what is waited for. */
export function fractionOf({
  decodedBytes,
  wantedBytes,
  receivedBytes,
  totalBytes,
}: Progress): number | undefined {
  if (wantedBytes) return Math.min(1, decodedBytes / wantedBytes);
  return totalBytes ? Math.min(1, receivedBytes / totalBytes) : undefined;
}

/** `7.1 MiB of 21 MiB received · 25 MiB decoded · 3.4 MiB/s · 4 s left`, as far as it is known; or what is waited for. */
export function progressText(progress: Progress): string {
  const { receivedBytes, totalBytes, decodedBytes, milliseconds, waiting } = progress;
  if (waiting) return waitingText(waiting);
  if (receivedBytes === 0 && decodedBytes === 0) return '';
  const received = formatIec(receivedBytes) + (totalBytes ? ` of ${formatIec(totalBytes)}` : '');
  // Nothing is received of what is kept.
  const parts = receivedBytes > 0 ? [`${received} received`] : [];
  if (decodedBytes > 0) parts.push(`${formatIec(decodedBytes)} decoded`);
  // A rate of the first moments means nothing.
  if (milliseconds >= 500 && receivedBytes > 0) {
    parts.push(`${formatIec(Math.round((receivedBytes / milliseconds) * 1000))}/s`);
  }
  const left = millisecondsLeft(progress);
  if (left !== undefined) parts.push(`${durationText(left)} left`);
  return parts.join(' · ');
}

/** `cache.nixos.org answered with status 503 · asking again in 2 s (attempt 2 of 4)` */
function waitingText({ failure, attempt, attempts, left }: Waiting): string {
  const when = left >= 500 ? `in ${Math.round(left / 1000)} s` : 'now';
  return `${textOfFailure(failure).title} · asking again ${when} (attempt ${attempt} of ${attempts})`;
}

function millisecondsLeft(progress: Progress): number | undefined {
  const fraction = fractionOf(progress);
  if (fraction === undefined || fraction === 0 || progress.milliseconds < 500) return undefined;
  return (progress.milliseconds / fraction) * (1 - fraction);
}

/** `2 requests, 4.1 KiB in 59 ms` */
export function costText({ requests, receivedBytes, milliseconds }: Cost): string {
  const asked = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  const read = `${formatIec(receivedBytes)} in ${durationText(milliseconds)}`;
  // A local file asks nobody.
  return requests === 0 ? read : `${asked}, ${read}`;
}

export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
