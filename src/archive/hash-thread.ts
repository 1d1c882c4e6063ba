import type { FailureError } from './failure';
import type { HashAnswer, HashRequest } from './hash-messages';
import type { Digest, Hasher, StartHashing } from './hashing';
import type { Thread } from './thread';
import { failureOf, threadFailure } from './thread-failure';

type HashThread = Thread<HashRequest, HashAnswer>;

/** Bytes that cross at once: enough that a message costs nothing to speak of. */
const ROOM = 256 * 1024;
/** Buffers on their way before whoever fills them has to wait. */
const MOST_ON_THE_WAY = 16;

/**
 * Hashing in a thread of its own, which all hashers share: SHA-256 takes as long as decoding zstd does, and a decoder that
 * waited for it would take twice as long. The thread is started by the first hasher, and anew by the first one after it died.
 */
export function hashingIn(start: () => HashThread): StartHashing {
  let connection: Connection | undefined;
  return async (algorithm = 'sha256') => {
    if (!connection || connection.isDead) connection = new Connection(started(start));
    return connection.open(algorithm);
  };
}

function started(start: () => HashThread): HashThread {
  try {
    return start();
  } catch (error) {
    throw threadFailure('worker-not-loaded', error instanceof Error ? error.message : String(error));
  }
}

interface Question {
  readonly resolve: (digest: Digest) => void;
  readonly reject: (error: unknown) => void;
}

class Connection {
  private readonly thread: HashThread;
  private readonly free: ArrayBuffer[] = [];
  private readonly questions = new Map<number, Question>();
  private readonly forgotten: FinalizationRegistry<number>;
  private failure: FailureError | undefined;
  private onTheWay = 0;
  private waiting: (() => void)[] = [];
  private last = 0;

  constructor(thread: HashThread) {
    this.thread = thread;
    // A hasher that nobody holds any more is freed over there as well.
    this.forgotten = new FinalizationRegistry((hasher) => this.post({ type: 'forget', hasher }));
    thread.addEventListener('message', ({ data }) => this.hear(data));
    for (const type of ['error', 'messageerror'] as const)
      thread.addEventListener(type, (event) => this.die(event));
  }

  get isDead(): boolean {
    return this.failure !== undefined;
  }

  open(algorithm: NonNullable<Parameters<StartHashing>[0]>): Hasher {
    const hasher = ++this.last;
    this.post({ type: 'start', hasher, algorithm });
    let room = this.emptyBuffer();
    let filled = 0;
    const flush = () => {
      if (filled > 0 && !this.isDead) {
        this.onTheWay++;
        this.post({ type: 'update', hasher, buffer: room, length: filled }, [room]);
        room = this.emptyBuffer();
      }
      filled = 0;
    };
    const opened: Hasher = {
      update: (chunk) => {
        for (let at = 0; at < chunk.length; ) {
          const taken = Math.min(ROOM - filled, chunk.length - at);
          new Uint8Array(room).set(chunk.subarray(at, at + taken), filled);
          at += taken;
          filled += taken;
          if (filled === ROOM) flush();
        }
        return this.onTheWay < MOST_ON_THE_WAY ? undefined : this.roomAgain();
      },
      digest: () => {
        flush();
        return this.ask(hasher);
      },
      restart: () => {
        filled = 0;
        this.post({ type: 'restart', hasher });
      },
    };
    this.forgotten.register(opened, hasher);
    return opened;
  }

  private ask(hasher: number): Promise<Digest> {
    const question = ++this.last;
    return new Promise((resolve, reject) => {
      if (this.failure) reject(this.failure);
      this.questions.set(question, { resolve, reject });
      this.post({ type: 'digest', hasher, question });
    });
  }

  private hear(answer: HashAnswer): void {
    if (answer.type === 'digest') {
      this.questions.get(answer.question)?.resolve({ hash: answer.hash, size: answer.size });
      this.questions.delete(answer.question);
      return;
    }
    this.free.push(answer.buffer);
    this.onTheWay--;
    this.letGoOn();
  }

  private die(event: Event): void {
    event.preventDefault();
    this.thread.terminate();
    const failure = failureOf(event);
    this.failure = failure;
    for (const { reject } of this.questions.values()) reject(failure);
    this.questions.clear();
    this.onTheWay = 0;
    this.letGoOn();
  }

  private letGoOn(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const goOn of waiting) goOn();
  }

  private roomAgain(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private emptyBuffer(): ArrayBuffer {
    return this.free.pop() ?? new ArrayBuffer(ROOM);
  }

  private post(request: HashRequest, transfer: Transferable[] = []): void {
    if (!this.isDead) this.thread.postMessage(request, transfer);
  }
}
