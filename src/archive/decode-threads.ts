import type { CodecName } from '../codecs/codec';
import { CodecError } from '../codecs/errors';
import type { DecodeAnswer, DecodeRequest } from './decode-messages';
import { abortError } from './signals';
import type { Thread } from './thread';
import { failureOf, threadFailure } from './thread-failure';

type DecodeThread = Thread<DecodeRequest, DecodeAnswer>;

export interface PartJob {
  readonly codec: CodecName;
  /** Given away. */
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly decodedSize: number;
}

export interface DecodedPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Nobody needs the bytes any more: another part may be decoded into their place. */
  readonly release: () => void;
}

/** Decodes parts of compressed streams, several at a time. */
export interface PartDecoding {
  readonly threads: number;
  /** A part that is wrong is a CodecError. Rejects at once when the signal is aborted. */
  readonly decode: (job: PartJob, signal: AbortSignal) => Promise<DecodedPart>;
  /** A buffer to collect the bytes of a part in, if there is one: memory that is new costs more than what is done in it. */
  readonly spare: () => ArrayBuffer | undefined;
}

/** As many as leave a core for whoever reads what they decode; more than a few wait for the network anyway. */
export function threadsFor(cores: number): number {
  return Math.max(1, Math.min(4, cores - 1));
}

/** Threads are started as they are needed, and ended when there was nothing to do for a while. */
export function decodingIn(start: () => DecodeThread, threads: number): PartDecoding {
  const crew = new Crew(start, threads);
  return {
    threads,
    decode: (job, signal) => crew.decode(job, signal),
    spare: () => crew.spares.pop(),
  };
}

/** Milliseconds without work after which threads are ended: each has some ten MiB of memory. */
const IDLE = 5_000;

interface Task {
  readonly job: PartJob;
  readonly resolve: (part: DecodedPart) => void;
  readonly reject: (error: unknown) => void;
  /** Nobody waits for it. */
  dropped: boolean;
}

interface Member {
  readonly thread: DecodeThread;
  task: Task | undefined;
}

class Crew {
  private readonly start: () => DecodeThread;
  private readonly most: number;
  private readonly members = new Set<Member>();
  private readonly queue: Task[] = [];
  /** For decoded bytes, and for compressed ones: one for each member, and one that is emptied or filled meanwhile. */
  private readonly rooms: ArrayBuffer[] = [];
  readonly spares: ArrayBuffer[] = [];
  private idle: ReturnType<typeof setTimeout> | undefined;
  private lastJob = 0;

  constructor(start: () => DecodeThread, most: number) {
    this.start = start;
    this.most = most;
  }

  decode(job: PartJob, signal: AbortSignal): Promise<DecodedPart> {
    return new Promise((resolve, reject) => {
      const task: Task = { job, resolve, reject, dropped: signal.aborted };
      const drop = () => {
        task.dropped = true;
        reject(abortError());
      };
      if (signal.aborted) return drop();
      signal.addEventListener('abort', drop, { once: true });
      this.queue.push(task);
      this.assign();
    });
  }

  /** Gives what waits to those who have nothing to do. */
  private assign(): void {
    clearTimeout(this.idle);
    for (const task of this.queue.splice(0)) {
      if (task.dropped) continue;
      const member = this.freeMember(task);
      if (member) this.give(member, task);
      else if (!task.dropped) this.queue.push(task);
    }
    if ([...this.members].every(({ task }) => !task)) this.idle = setTimeout(() => this.endAll(), IDLE);
  }

  private freeMember(task: Task): Member | undefined {
    for (const member of this.members) if (!member.task) return member;
    if (this.members.size >= this.most) return undefined;
    try {
      return this.hire();
    } catch (error) {
      task.dropped = true;
      task.reject(threadFailure('worker-not-loaded', error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  }

  private hire(): Member {
    const member: Member = { thread: this.start(), task: undefined };
    const { thread } = member;
    this.members.add(member);
    thread.addEventListener('message', ({ data }) => this.hear(member, data));
    for (const type of ['error', 'messageerror'] as const)
      thread.addEventListener(type, (event) => this.bury(member, event));
    return member;
  }

  private give(member: Member, task: Task): void {
    const { codec, compressed, decodedSize } = task.job;
    const room = this.rooms.pop();
    member.task = task;
    const request: DecodeRequest = { job: ++this.lastJob, codec, compressed, decodedSize, room };
    member.thread.postMessage(request, room ? [compressed.buffer, room] : [compressed.buffer]);
  }

  private hear(member: Member, answer: DecodeAnswer): void {
    const { task } = member;
    member.task = undefined;
    if ('failure' in answer) task?.reject(new CodecError(answer.failure));
    else {
      const { decoded, spare } = answer;
      this.keep(this.spares, spare);
      const release = () => this.keep(this.rooms, decoded.buffer);
      if (task?.dropped) release();
      else task?.resolve({ bytes: decoded, release });
    }
    this.assign();
  }

  private keep(buffers: ArrayBuffer[], buffer: ArrayBuffer): void {
    if (buffers.length <= this.members.size) buffers.push(buffer);
  }

  private bury(member: Member, event: Event): void {
    event.preventDefault();
    member.thread.terminate();
    this.members.delete(member);
    member.task?.reject(failureOf(event));
    this.assign();
  }

  private endAll(): void {
    for (const { thread } of this.members) thread.terminate();
    this.members.clear();
    this.rooms.length = 0;
    this.spares.length = 0;
  }
}
