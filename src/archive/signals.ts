/** Lets several wait for the next time that something is told. */
export class Signals {
  private waiting = new Set<() => void>();

  /** Everyone who waits goes on. */
  tell(): void {
    const { waiting } = this;
    this.waiting = new Set();
    for (const goOn of waiting) goOn();
  }

  /** Resolves when something is told next, rejects with an AbortError when the signal is aborted before. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortError());
        return;
      }
      const goOn = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.waiting.delete(goOn);
        reject(abortError());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(goOn);
    });
  }
}

export function abortError(): DOMException {
  return new DOMException('The operation was aborted.', 'AbortError');
}
